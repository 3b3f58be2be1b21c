-- Which counties lie beside each other, each pair both ways.
-- zh: 相邻的县(市、区),双向各列一行。
-- grain: region_code, neighbour_code, valid_from
-- kept as: table
--
-- Read off the outlines of policy.region_outlines: it shows no legal borders. A region without an outline of its own lies beside the
-- counties in whose codes its towns lie (policy.special_townships).
select
    region_code,
    neighbour_code,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.region_neighbours
