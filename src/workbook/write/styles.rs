//! How cells look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

pub(super) struct Styles {
    pub(super) heading: Format,
    pub(super) text: Format,
    pub(super) inherited: Format,
    pub(super) amount: Format,
    pub(super) whole: Format,
    pub(super) percent: Format,
    pub(super) total: Format,
    pub(super) title: Format,
    pub(super) wrapped: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let text = || Format::new().set_num_format("@");
        Self {
            heading: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x1F_4E_78))
                .set_border(FormatBorder::Thin)
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter),
            text: text(),
            inherited: text().set_italic().set_font_color(Color::Gray),
            amount: Format::new().set_num_format("#,##0.00"),
            whole: Format::new().set_num_format("#,##0"),
            percent: Format::new().set_num_format("0.00"),
            total: Format::new()
                .set_num_format("#,##0.00")
                .set_background_color(Color::RGB(0xF2_F2_F2)),
            title: Format::new().set_bold().set_font_size(14),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}
