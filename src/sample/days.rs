//! Dates as days since 1970-01-01, the form that Parquet stores. Pure.

/// The year that the sample describes; the facts it is built on (DOMAIN §3) are of this year.
pub const YEAR: i32 = 2018;

/// The day number of a date (proleptic Gregorian; the well-known `days_from_civil`).
pub const fn day(year: i32, month: u32, day_of_month: u32) -> i32 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let shifted = (month as i32 + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day_of_month as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a day number.
pub fn civil(number: i32) -> (i32, u32, u32) {
    let z = number + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day_of_month = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    (year_of_era + era * 400 + i32::from(month <= 2), month, day_of_month)
}

/// The first day of a month of [`YEAR`].
pub fn month_start(month: u32) -> i32 {
    day(YEAR, month, 1)
}

/// The last day of a month of [`YEAR`].
pub fn month_end(month: u32) -> i32 {
    if month >= 12 { day(YEAR, 12, 31) } else { day(YEAR, month + 1, 1) - 1 }
}

/// The first of the month that a day lies in.
pub fn first_of_month(number: i32) -> i32 {
    let (year, month, _) = civil(number);
    day(year, month, 1)
}

/// Completed years of age on a day.
pub fn age_on(born_on: i32, on: i32) -> i32 {
    let (birth_year, birth_month, birth_day) = civil(born_on);
    let (year, month, day_of_month) = civil(on);
    year - birth_year - i32::from((month, day_of_month) < (birth_month, birth_day))
}

/// `2018-09-30`.
pub fn iso(number: i32) -> String {
    let (year, month, day_of_month) = civil(number);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}
