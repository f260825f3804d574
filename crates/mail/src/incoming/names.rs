//! Names of files: safe to show and to save under, never empty.

use super::text::{is_unseen, one_line};

/// Characters of a name, its ending included.
const LONGEST: usize = 200;

/// What a letter calls a file, without folders and without what no name has; `None` when nothing is left.
pub(super) fn safe(said: &str) -> Option<String> {
    let last = said.rsplit(['/', '\\']).next().unwrap_or(said);
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_unseen(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let name = one_line(&kept, usize::MAX);
    let name = name.trim_start_matches([' ', '.']).trim_end_matches([' ', '.']);
    (!name.is_empty()).then(|| shortened(name))
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= LONGEST {
        return name.to_owned();
    }
    let ending =
        name.rfind('.').map(|dot| &name[dot..]).filter(|ending| ending.chars().count() <= 20).unwrap_or("");
    let stem: String = name.chars().take(LONGEST - ending.chars().count()).collect();
    format!("{stem}{ending}")
}

/// A name for the `place`-th file, from its type alone.
pub(super) fn made_up(media: &str, place: usize) -> String {
    let ending = match media {
        "application/pdf" => "pdf",
        "application/zip" | "application/x-zip-compressed" => "zip",
        "application/msword" => "doc",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "application/pgp-signature" | "application/pgp-encrypted" => "asc",
        "application/json" => "json",
        "image/jpeg" | "image/jpg" | "image/pjpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/bmp" => "bmp",
        "image/svg+xml" => "svg",
        "image/tiff" => "tiff",
        "image/webp" => "webp",
        "image/heic" => "heic",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/wav" | "audio/x-wav" => "wav",
        "video/mp4" => "mp4",
        "text/html" => "html",
        "text/calendar" | "application/ics" => "ics",
        "text/csv" => "csv",
        "text/vcard" | "text/x-vcard" => "vcf",
        "message/rfc822" | "message/global" => "eml",
        _ if media.starts_with("text/") || media.starts_with("message/") => "txt",
        _ => "bin",
    };
    format!("adjunto-{place}.{ending}")
}
