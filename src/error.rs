//! The one error type: a key, the values in its sentences, and whose mistake it is.
//! Touches nothing but the text catalogs; the sentences themselves live in `text/`.

use crate::text::{Lang, known_key, say_if_known, visible};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Whose mistake an error is; it decides the exit code, the HTTP status and the SQLSTATE class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The data failed a check (exit code 1, HTTP 422).
    Data,
    /// The request or the project is wrong (exit code 2, HTTP 400).
    Request,
    /// Ours: a disk, a lock, a bug (exit code 3, HTTP 500).
    Internal,
}

/// An error with a key into the catalogs (`[error.KEY]` with `message`, `detail`, `hint`) and named values.
///
/// Values never hold a person's ID number, phone or name: whoever builds the error keeps them out.
#[derive(Clone, Debug)]
pub struct Error {
    pub kind: Kind,
    pub key: &'static str,
    args: Vec<(Cow<'static, str>, String)>,
    more: Vec<Error>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn new(kind: Kind, key: &'static str) -> Error {
        Error { kind, key, args: Vec::new(), more: Vec::new() }
    }

    /// The data failed a check.
    pub fn data(key: &'static str) -> Error {
        Error::new(Kind::Data, key)
    }

    /// The request or the project is wrong.
    pub fn request(key: &'static str) -> Error {
        Error::new(Kind::Request, key)
    }

    /// Something of ours failed.
    pub fn internal(key: &'static str) -> Error {
        Error::new(Kind::Internal, key)
    }

    /// Names a value that the sentences use as `{name}`.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Error {
        self.args.push((name.into(), value.to_string()));
        self
    }

    /// Joins further errors of the same kind, so that all mistakes are reported at once.
    pub fn and(mut self, more: Vec<Error>) -> Error {
        self.more.extend(more);
        self
    }

    /// The first of a list with the rest joined to it; `None` for an empty list.
    pub fn all(errors: Vec<Error>) -> Option<Error> {
        let mut rest = errors.into_iter();
        rest.next().map(|first| first.and(rest.collect()))
    }

    /// The value of a named argument.
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.args.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
    }

    /// The place in a query's text that the error is about, each counted from 1: line and column.
    pub fn position(&self) -> Option<(usize, usize)> {
        let (line, column) = self.arg("at")?.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    }

    /// The error as one process tells it to another.
    pub fn told(&self) -> Told {
        let args = self.args.iter().map(|(n, v)| (n.to_string(), v.clone())).collect();
        Told { kind: self.kind, key: self.key.to_owned(), args, more: self.more.iter().map(Error::told).collect() }
    }

    /// The errors joined to this one, this one first.
    pub fn each(&self) -> impl Iterator<Item = &Error> {
        std::iter::once(self).chain(self.more.iter())
    }

    /// 1, 2 or 3, as DESIGN.md fixes them.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Data => 1,
            Kind::Request => 2,
            Kind::Internal => 3,
        }
    }

    /// The sentences of this error alone, in a language.
    pub fn sentences(&self, lang: Lang) -> Sentences {
        let shown: Vec<(&str, String)> = self.args.iter().map(|(n, v)| (n.as_ref(), lines_visible(v))).collect();
        let args: Vec<(&str, &str)> = shown.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let part = |name: &str| say_if_known(lang, &format!("error.{}.{name}", self.key), &args);
        Sentences {
            code: self.key,
            message: part("message").unwrap_or_else(|| self.key.to_owned()),
            detail: part("detail").filter(|s| !s.trim().is_empty()),
            hint: part("hint").filter(|s| !s.trim().is_empty()),
        }
    }

    /// The error and all joined to it as the terminal shows them.
    pub fn render(&self, lang: Lang) -> String {
        let mut out = String::new();
        for error in self.each() {
            let s = error.sentences(lang);
            let (e, d, h) = match lang {
                Lang::En => ("error", "detail", "hint"),
                Lang::ZhCn => ("\u{9519}\u{8bef}", "\u{8be6}\u{60c5}", "\u{5efa}\u{8bae}"),
            };
            out.push_str(&format!("{e}[{}]: {}\n", s.code, s.message));
            if let Some(detail) = s.detail {
                out.push_str(&format!("  {d}: {detail}\n"));
            }
            if let Some(hint) = s.hint {
                out.push_str(&format!("  {h}: {hint}\n"));
            }
        }
        out
    }
}

/// An error on its way from one process of ours to another.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    kind: Kind,
    key: String,
    args: Vec<(String, String)>,
    more: Vec<Told>,
}

impl From<Told> for Error {
    /// A key that has no sentence is a fault of ours.
    fn from(told: Told) -> Error {
        let known = known_key(&format!("error.{}.message", told.key));
        let key = known.and_then(|key| key.strip_prefix("error.")?.strip_suffix(".message")).unwrap_or("session");
        let args = told.args.into_iter().map(|(n, v)| (Cow::Owned(n), v)).collect();
        Error { kind: told.kind, key, args, more: told.more.into_iter().map(Error::from).collect() }
    }
}

/// Message, detail and hint of one error: the same three for terminal, JSON and psql.
#[derive(Clone, Debug, Serialize)]
pub struct Sentences {
    pub code: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Lang::En).trim_end())
    }
}

impl std::error::Error for Error {}

/// A value as it may be shown, its line breaks kept.
fn lines_visible(value: &str) -> String {
    value.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// An input or output failure on a path.
pub fn io_error(path: &std::path::Path, cause: &std::io::Error) -> Error {
    failure("io", cause).with("path", path.display()).with("cause", cause)
}

/// A failure of ours with its cause; a full disk, however deep in the cause, is told as such.
pub fn failure(key: &'static str, cause: &(dyn std::error::Error + 'static)) -> Error {
    Error::internal(if is_disk_full(cause) { "disk_full_at" } else { key })
}

fn is_disk_full(cause: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let mut next = Some(cause);
    while let Some(cause) = next {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && (matches!(io.kind(), StorageFull | QuotaExceeded | FileTooLarge)
                || io.get_ref().is_some_and(|inner| is_disk_full(inner)))
        {
            return true;
        }
        next = cause.source();
    }
    false
}
