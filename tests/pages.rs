//! Pages, charts and their words: what a reader must be able to rely on.

mod arranged;
mod catalogs;
mod charts;
mod definitions;
mod documentation;
mod marks;
mod picture;
mod privacy;
mod published;
mod rules;
mod steady;
