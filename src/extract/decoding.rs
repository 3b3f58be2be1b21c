//! Text as it was written: its encoding found by content, decoded at once, or in pieces where it is long. Nothing is
//! replaced by a guess: bytes that are no text refuse the file.

use super::source::Refusal;
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Text that is no UTF-8 and longer than this is never in memory decoded as a whole.
const LONG_TEXT_BYTES: usize = 16 * 1024 * 1024;
/// How much is decoded at a time.
const PIECE_BYTES: usize = 1024 * 1024;
/// A byte of an encoding of Chinese becomes at most so many bytes of UTF-8, halves rounded up.
const GROWTH_HALVES: u64 = 3;

enum Found<'a> {
    Utf8(&'a str),
    /// Bytes that must be decoded.
    Other(&'static Encoding),
}

/// UTF-8 with or without its mark, UTF-16 with its mark, else GB18030 (which holds all of GBK and GB 2312).
pub fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let text = match find_encoding(bytes)? {
        Found::Utf8(text) => Cow::Borrowed(text),
        Found::Other(encoding) => match encoding.decode_with_bom_removal(bytes) {
            (text, false) => text,
            (_, true) => return Err(Refusal::new("unreadable", encoding.name())),
        },
    };
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(Refusal::new("unreadable", "NUL"));
    }
    Ok(text)
}

/// What a text of so many bytes takes of memory while it is read, judged by its first bytes.
pub fn memory_held(head: &[u8], bytes: u64) -> u64 {
    // The head may end inside a character.
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none(),
    };
    let decoded = (bytes * GROWTH_HALVES).div_ceil(2).min(LONG_TEXT_BYTES as u64 * GROWTH_HALVES);
    bytes + if is_utf8 { 0 } else { decoded }
}

fn find_encoding(bytes: &[u8]) -> Result<Found<'_>, Refusal> {
    let damaged = |at: usize| Refusal::new("unreadable", format!("UTF-8, byte {at}"));
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).map(Found::Utf8).map_err(|e| damaged(e.valid_up_to() + 3));
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if bytes.starts_with(mark) {
            return Ok(Found::Other(encoding));
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Found::Utf8(text)),
        Err(e) if is_long_utf8(&bytes[..e.valid_up_to()]) => Err(damaged(e.valid_up_to())),
        Err(_) => Ok(Found::Other(GB18030)),
    }
}

/// So many ideographs in valid UTF-8 do not come about in a GBK text by chance: the file is UTF-8, and damaged.
fn is_long_utf8(valid: &[u8]) -> bool {
    const IDEOGRAPHS_MIN: usize = 10;
    let text = std::str::from_utf8(valid).unwrap_or_default();
    text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).take(IDEOGRAPHS_MIN).count() == IDEOGRAPHS_MIN
}

/// A long text, decoded as it is read.
pub struct Pieces<'a> {
    encoding: &'static Encoding,
    bytes: &'a [u8],
    decoder: Decoder,
    at: usize,
    ended: bool,
}

impl<'a> Pieces<'a> {
    /// `None` where the text can be decoded at once. The whole text is looked through first: what is wrong with it
    /// refuses the file before any row is read, as in a short one.
    pub fn of(bytes: &'a [u8]) -> Result<Option<Pieces<'a>>, Refusal> {
        if bytes.len() <= LONG_TEXT_BYTES {
            return Ok(None);
        }
        let Found::Other(encoding) = find_encoding(bytes)? else { return Ok(None) };
        let mut pieces = Pieces::new(encoding, bytes);
        let mut piece = String::new();
        // A return at the end of a piece, and whether any stands without a line feed.
        let (mut open, mut lone) = (false, false);
        while pieces.push_next(&mut piece)? {
            let text = piece.as_bytes();
            if memchr::memchr(0, text).is_some() {
                return Err(Refusal::new("unreadable", "NUL"));
            }
            if let (true, Some(first)) = (open, text.first()) {
                lone |= *first != b'\n';
                open = false;
            }
            if !lone {
                let inside = text.strip_suffix(b"\r").unwrap_or(text);
                lone = memchr::memchr_iter(b'\r', inside).any(|at| text.get(at + 1) != Some(&b'\n'));
            }
            open |= text.last() == Some(&b'\r');
            piece.clear();
        }
        // Lines that end as on old Macintoshes are put right in the whole text.
        Ok((!lone && !open).then(|| Pieces::new(encoding, bytes)))
    }

    fn new(encoding: &'static Encoding, bytes: &'a [u8]) -> Pieces<'a> {
        Pieces { encoding, bytes, decoder: encoding.new_decoder_with_bom_removal(), at: 0, ended: false }
    }

    pub fn again(&self) -> Pieces<'a> {
        Pieces::new(self.encoding, self.bytes)
    }

    /// Decodes the next piece to the end of `text`; `false` at the end.
    pub fn push_next(&mut self, text: &mut String) -> Result<bool, Refusal> {
        if self.ended {
            return Ok(false);
        }
        text.reserve(PIECE_BYTES);
        let (result, read) = self.decoder.decode_to_string_without_replacement(&self.bytes[self.at..], text, true);
        self.at += read;
        match result {
            DecoderResult::InputEmpty => self.ended = true,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return Err(Refusal::new("unreadable", self.encoding.name())),
        }
        Ok(true)
    }
}
