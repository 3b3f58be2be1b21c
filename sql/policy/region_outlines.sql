-- The outline of each county for a schematic map, and where its mark stands. It shows no legal borders.
-- zh: 各县(市、区)轮廓及标注位置,用于示意图,不表示法定界线。
-- grain: region_code, valid_from
-- kept as: table
--
-- outline: degrees as east,north parted by blanks, rings by semicolons; a ring closes by itself. Blank: a region without a
-- border of its own, which the map shows as a mark at east, north.
select
    region_code,
    cast(east as decimal(8, 4)) as east,
    cast(north as decimal(8, 4)) as north,
    outline,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.region_outlines
