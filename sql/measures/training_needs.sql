-- Trainees whose need of training stood in the ledger in any month of the year up to the as-of date.
-- zh: 本年任一月台账登记过培训需求的参训人员。
-- grain: person_key
-- kept as: table
--
-- Any month, because a ledger kept well says 无 again once the course is over. A blank is a need not recorded.
with
training_places as (select * from measures.training_places),

ledger_slices as (select * from measures.ledger_slices),

ledger as (select * from staging.ledger),

-- A ledger slice may serve several months: each is read once.
slices_read as (
    select distinct
        slice_region,
        slice_period
    from ledger_slices
),

needs as (
    select ledger.person_key
    from ledger
    inner join slices_read
        on ledger.slice_region = slices_read.slice_region
        and ledger.slice_period = slices_read.slice_period
    where ledger.training_need <> '无'
),

training_needs as (
    select distinct needs.person_key
    from needs
    left semi join training_places
        on needs.person_key = training_places.person_key
)

select * from training_needs
