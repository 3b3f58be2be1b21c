-- Where each county's tile stands on the tile map: the column from the west and the row from the north.
-- zh: 各县(市、区)在方块图上的位置:自西第几列、自北第几行。
-- grain: region_code, valid_from
-- kept as: table
--
-- A picture, no measure: neighbours mostly touch, areas and distances mean nothing. label_en is a name short enough for a tile;
-- soft hyphens (U+00AD) in it say where it may be broken.
select
    region_code,
    cast(tile_column as integer) as tile_column,
    cast(tile_row as integer) as tile_row,
    label_en,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.region_tiles
