//! From Markdown to HTML that is safe to show.
//!
//! The way: comrak renders Markdown with the raw HTML in it; [`balance`] brings the result to a bounded, balanced form of
//! allowed elements; ammonia parses that as a browser would and keeps what is on the list. The last step alone decides
//! what is safe. The middle one keeps it cheap: parsing HTML by the standard can take quadratic time, and quadratic memory,
//! on elements that are nested deeply or never closed.

mod allowed;
mod balance;
#[cfg(any(test, feature = "fuzzing"))]
mod harmless;
mod links;
mod scan;

use std::sync::LazyLock;

use ammonia::UrlRelative;
use comrak::Options;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use self::harmless::check_harmless;
pub(crate) use self::links::{collect_links, deliver_html, may_spell_links};
use self::{
    allowed::{ELEMENTS, GLOBAL_ATTRIBUTES, URL_SCHEMES, keep_attribute},
    balance::balance,
};

/// CommonMark with tables, strike-through and bare URLs as links; line breaks stay as they are. Raw HTML is kept.
static MARKDOWN: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.r#unsafe = true;
    options
});

/// No class, style, id, event handler, script, frame, form, SVG. `rel="noopener noreferrer"` on every link.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(ELEMENTS.iter().map(|element| element.name).collect())
        .generic_attributes(GLOBAL_ATTRIBUTES.iter().copied().collect())
        .tag_attributes(
            ELEMENTS.iter().map(|element| (element.name, element.attributes.iter().copied().collect())).collect(),
        )
        .url_schemes(URL_SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|_, attribute, value| keep_attribute(attribute, value).map(Into::into));
    builder
});

/// Renders Markdown, which may hold raw HTML, as sanitised HTML. Takes time and memory in proportion to the source.
/// Links to `entry:<id>` and `asset:<id>` stay so; they are resolved when the text is answered.
pub fn markdown_to_html(source: &str) -> String {
    sanitise(&comrak::markdown_to_html(source, &MARKDOWN))
}

/// Keeps of any HTML what may stand in texts. Takes time and memory in proportion to it.
pub(crate) fn sanitise(html: &str) -> String {
    SANITISER.clean(&balance(html)).to_string()
}

/// Cleans HTML that was cleaned before.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn clean(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markdown_keeps_its_structure_and_arabic_markup() {
        let cases = [
            ("## مهام\n\n- أ\n- ب", "<h2>مهام</h2>\n<ul>\n<li>أ</li>\n<li>ب</li>\n</ul>\n"),
            (
                "| م | ن |\n|:-:|---|\n| 1 | 2 |",
                "<table>\n<thead>\n<tr>\n<th align=\"center\">م</th>\n<th>ن</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
            ),
            ("سطر\nسطر  \nسطر", "<p>سطر\nسطر<br>\nسطر</p>\n"),
            (
                "<h3 dir=\"rtl\" lang=\"ar\" style=\"x\" class=\"y\" id=\"z\">أ</h3>",
                "<h3 dir=\"rtl\" lang=\"ar\">أ</h3>\n",
            ),
            ("~~أ~~ **ب** `<i>`", "<p><del>أ</del> <strong>ب</strong> <code>&lt;i&gt;</code></p>\n"),
            ("![شعار](asset:x)", "<p><img src=\"asset:x\" alt=\"شعار\"></p>\n"),
            (
                "[أ](/department/x \"ب\")",
                "<p><a href=\"/department/x\" title=\"ب\" rel=\"noopener noreferrer\">أ</a></p>\n",
            ),
            ("<details open><summary>س</summary>ج</details>", "<details open=\"\"><summary>س</summary>ج</details>\n"),
        ];
        for (source, html) in cases {
            assert_eq!(markdown_to_html(source), html, "{source}");
        }
    }

    #[test]
    fn headings_with_bare_lines_behind_them_come_out_as_paragraphs() {
        let source = "<h3>نبذة عامة</h3> \nتعتبر الإدارة البوابة الأولى.\n\n<h3>الأهداف</h3>\nضمان الشفافية.\nحشد الدعم. \n\n\n<h3>المهام</h3>\nنص";
        let html = "<h3>نبذة عامة</h3> \n<p>تعتبر الإدارة البوابة الأولى.</p>\n<h3>الأهداف</h3>\n<p>ضمان الشفافية.\nحشد الدعم.</p>\n<h3>المهام</h3>\n<p>نص</p>\n";
        assert_eq!(markdown_to_html(source), html);
    }

    #[test]
    fn attacks_leave_nothing_that_runs() {
        let attacks = [
            "<script>alert(1)</script>",
            "<scr<script>ipt>alert(1)</scr</script>ipt>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"x\" alt=\"`><script>alert(1)</script>\">",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java&#10;script:alert(1))",
            "<a href=\"java\tscript:alert(1)\">x</a>",
            "<a href=\"&#106;avascript:alert(1)\">x</a>",
            "<a href=\" javascript:alert(1)\">x</a>",
            "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
            "<a href='vbscript:x'>x</a>",
            "<svg onload=alert(1)><a xlink:href='javascript:x'>x</a></svg>",
            "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<object data='x'></object><embed src=x>",
            "<base href='https://evil.example'><meta http-equiv=refresh content='0;url=javascript:x'>",
            "<form action=https://evil.example><input name=p><button formaction=javascript:x>x</button></form>",
            "<div style='background:url(javascript:x)' onclick=x>x</div>",
            "<style>@import 'https://evil.example'</style>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
            "<textarea></p><img src=x onerror=alert(1)></textarea>",
            "<!--><img src=x onerror=alert(1)>-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<a href=\"https://a.example\" target=_blank onfocus=x>x</a>",
            "<p/onmouseover=alert(1)>x",
            "<\u{131}mg src=x onerror=alert(1)>",
            "<img src=\"data:image/svg+xml,<svg onload=x>\">",
            "<table background='javascript:x'><tr><td>x</table>",
            "<img src='entry:6c5a7ac3-546c-4172-947a-231133096268'>",
        ];
        for attack in attacks {
            let html = markdown_to_html(attack);
            check_harmless(&html);
            check_harmless(&markdown_to_html(&format!("<div>\n{attack}")));
        }
    }

    #[test]
    fn rendering_is_stable_under_a_second_cleaning() {
        for source in ["<b>a<p>b</b>", "a < b & c > d", "<table><td>x", "<p title='\"<>&amp;'>x"] {
            let html = markdown_to_html(source);
            assert_eq!(clean(&html), html, "{source}");
        }
    }

    #[test]
    fn hostile_nesting_is_survived() {
        const SIZE: usize = 50_000;
        let spans: String = (0..SIZE / 20).map(|n| format!("<b title=x{n}>")).collect();
        let references = format!("[a]: /{}\n\n{}", "x".repeat(SIZE / 2), "[a] ".repeat(SIZE / 8));
        let sources = [
            ">".repeat(SIZE),
            "> ".repeat(SIZE / 2),
            "- ".repeat(SIZE / 2),
            "1. ".repeat(SIZE / 3),
            "*".repeat(SIZE),
            "*a **b ".repeat(SIZE / 7),
            "_a*".repeat(SIZE / 3),
            "[".repeat(SIZE),
            "![[]()".repeat(SIZE / 6),
            "[a](<b".repeat(SIZE / 6),
            "`a".repeat(SIZE / 2),
            "~~a".repeat(SIZE / 3),
            "<div>".repeat(SIZE / 5),
            "<div><p>".repeat(SIZE / 8),
            "<table><tr><td>".repeat(SIZE / 15),
            "<table>".repeat(SIZE / 7),
            "<a href=x>".repeat(SIZE / 10),
            "<!--".repeat(SIZE / 4),
            "<?".repeat(SIZE / 2),
            "<!A ".repeat(SIZE / 4),
            "<![CDATA[".repeat(SIZE / 9),
            "<svg>".repeat(SIZE / 5),
            "</".repeat(SIZE / 2),
            "<b ".repeat(SIZE / 3),
            format!("<b {}>", "a=b ".repeat(SIZE / 4)),
            format!("<div>\n{spans}{}", "<p>".repeat(SIZE / 6)),
            format!("{}\n{}\n|a|", "|a".repeat(SIZE / 4), "|-".repeat(SIZE / 4)),
            format!("|a|b|c|\n|-|-|-|\n{}", "|\n".repeat(SIZE / 2)),
            "http://a.".repeat(SIZE / 9),
            "a@a.".repeat(SIZE / 4),
            "&#".repeat(SIZE / 2),
            "«".repeat(SIZE),
            format!("<b title='{}'>", "&".repeat(SIZE)),
            "\\".repeat(SIZE),
            references,
        ];
        for source in sources {
            let html = markdown_to_html(&source);
            assert!(
                html.len() < 40 * SIZE,
                "{} bytes from {}",
                html.len(),
                source.chars().take(20).collect::<String>()
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_renders_to_harmless_html(source in "([<>/*_`|~#&;:=\"' \n\\[\\]()!-]|<(/)?(p|b|a|table|td|li|svg|math|style|script|title)( href=javascript:x| onclick=x)?>|entry:|\\PC){0,40}") {
            check_harmless(&markdown_to_html(&source));
        }
    }
}
