-- Of every file read, rows delivered = loaded + dropped as equal duplicates + rejected.
-- zh: 每份文件:报送行数 = 入库 + 重复剔除 + 退回。
-- severity: error
-- grain: feed, file, sha256
with
deliveries as (select * from meta.deliveries),

broken as (
    select
        feed,
        file,
        sha256,
        rows_delivered,
        rows_loaded,
        rows_dropped,
        rows_rejected
    from deliveries
    where rows_delivered <> rows_loaded + rows_dropped + rows_rejected
)

select * from broken
