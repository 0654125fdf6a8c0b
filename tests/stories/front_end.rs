//! Front ends written with our documents and types alone compile and read the sample ministry.
//!
//! Their tools come from npm: `npm ci` in `tests/front_end`, or in a copy of that folder which `DIWAN_TEST_NODE_MODULES` names
//! with its `node_modules`. Without them these stories say that they were skipped.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use diwan_content::rights::Role;
use diwan_server::{embedded_registry, openapi_documents};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    desk::{create, place, publish},
    harness::{App, client::etag_of, skipped},
    operation::program,
};

#[tokio::test]
async fn the_documents_pass_a_linter() {
    let Some(desk) = Desk::open(&["redocly.yaml"]) else { return };
    let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
    for (name, document) in [("delivery.json", delivery), ("management.json", management)] {
        desk.write(name, &document.to_string());
        let said =
            desk.run("@redocly/cli/bin/cli.js", &["lint", "--config", "redocly.yaml", "--format", "json", name]).await;
        let found: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error} in {said}"));
        assert_eq!(
            (&found["totals"]["errors"], &found["totals"]["warnings"]),
            (&json!(0), &json!(0)),
            "{name}: {found:#}"
        );
    }
}

#[tokio::test]
async fn a_front_end_on_a_generated_client_reads_the_sample_ministry() {
    let Some(desk) = Desk::open(&["tsconfig.json", "package.json", "src/site.ts"]) else { return };
    let app = ministry().await;
    let document = app.anyone.get("/v1/openapi.json").await.of(200);
    desk.write("openapi.json", &document.json().to_string());
    desk.run("openapi-typescript/bin/cli.js", &["openapi.json", "--output", "api.d.ts"]).await;
    desk.run("typescript/bin/tsc", &[]).await;
    insta::assert_snapshot!(desk.run_own("out/site.js", &[app.anyone.base()]).await, @r"
    home: وزارة المالية; ar and en
      pictures: ornament.png
    menu: 0 items are not public
      About the ministry /en/about
        What the ministry is for /en/about/ministry
      Services
        Tax clearance /en/services/tax-clearance-certificate
        Register of suppliers /en/services/supplier-registration
        Pension /en/services/retirement-pension
      Topics
        Budget and spending /en/topics/budget-and-spending
        Taxes /en/topics/taxes
        Customs and trade /en/topics/customs-and-trade
        Public procurement /en/topics/procurement
      Contact us /en/contact
    departments:
      إدارة الاتصال وخدمات الجمهور
      إدارة المنح والتعاون الدولي
      الإدارة العامة لأملاك الدولة
      الإدارة العامة للتقاعد
      الإدارة العامة للجمارك
      الإدارة العامة للخزينة والدين العام
      الإدارة العامة للضرائب
      الإدارة العامة للمشتريات الحكومية
      الإدارة العامة للموازنة العامة
      دائرة إعداد الموازنة
      دائرة الدين العام
      دائرة الرواتب والأجور
      دائرة ضريبة القيمة المضافة
      وحدة الاسترداد الضريبي
    tenders:
      م ح/141/2026 توسعة مركز البيانات لمنصة الفوترة الإلكترونية (ضريبة القيمة المضافة)
      م ح/133/2026 رقمنة ملفات التقاعد الورقية (الرواتب والتقاعد)
      م ح/112/2026 توريد الأثاث المدرسي للمدارس الحكومية (المشتريات والعطاءات)
    visits:
    department/الموازنة-العامة -> 200 rtl الإدارة العامة للموازنة العامة (+999 2 555 0110)
      ar /department/الموازنة-العامة
      en /en/department/general-budget
    department/الموازنه-العامه -> 301 /department/الموازنة-العامة
    department/الموازنة-العامة -> 200 rtl الإدارة العامة للموازنة العامة (+999 2 555 0110)
      ar /department/الموازنة-العامة
      en /en/department/general-budget
    لا شيء -> 404
    withdrawn -> 410
    search براءه الذمه: services /services/شهادة-براءة-ذمة-ضريبية طلب شهادة <mark>براءة</mark> <mark>ذمة</mark> ضريبية
      in الخدمات
    refused: bad_parameters /sort not_allowed_here
    ");
}

#[tokio::test]
async fn a_front_end_on_the_printed_types_alone_reads_the_sample_ministry() {
    let Some(desk) = Desk::open(&["tsconfig.json", "package.json", "src/portal.ts"]) else { return };
    let app = ministry().await;
    let types = desk.folder.path().join("diwan.ts");
    let ended = program::run(&["types", "--lang", "ts", "--out", types.to_str().unwrap()], &[]);
    assert!(ended.good, "{ended:?}");
    desk.run("typescript/bin/tsc", &[]).await;
    insta::assert_snapshot!(desk.run_own("out/portal.js", &[app.anyone.base()]).await, @r"
    استئجار أرض أو مبنى من أملاك الدولة: 20 دينار، online + office
    استخراج كشف راتب أو شهادة راتب: 0 دينار، online
    2026-01-12 news: The ministry publishes a citizens' budget in plain language [Ring chart of spending in six areas, the largest being salaries]
    2026-04-14 news: Customs begins to use a new system of risk analysis [Drawing of a container ship and two cranes in the port of Marsa Lulu]
    م ح/18/2026 awarded: 2026-02-01 – 2026-02-19; المبنى الرئيسي 6400 متر مربع، مبنى الضرائب 4100 متر مربع، مكتب خدمة الجمهور 900 متر مربع
    م ح/76/2026 awarded: 2026-05-17 – 2026-07-05; جهاز ثابت 2 جهاز، جهاز متنقل 1 جهاز
    5/2025: 2025-02-09 = 1446-08-10
    3/2026: 2026-01-25 = 1447-08-06
    كم تبقى شهادة براءة الذمة صالحة؟ تسعين يومًا من تاريخ صدورها. وبعدها تطلب واحدة جديدة من الصفحة نفسها، ولا تُجدد القديمة. | ! لا تقبل صورة عن شهادة لم تتحقق منها؛ أدخل الرمز المطبوع في أسفلها في صفحة التحقق. | ☎ +99925550130
    كم أدفع من ضريبة الدخل على راتبي؟ لا شيء إن كان دخلك السنوي اثني عشر ألف دينار أو أقل. وما زاد يُحسب شريحة شريحة، لا كله بنسبة أعلاها. | الدخل السنوي بالدينار/النسبة/أعلى ما يُدفع عن الشريحة | مثال: من دخله 30,000 دينار يدفع 600 عن الشريحة الثانية و720 عن ستة الآلاف التي فوقها، أي 1,320 دينارًا في السنة. | 1. اجمع دخلك السنوي من كل عمل 2. اطرح الإعفاء العائلي ونفقات العلاج والتعليم 3. احسب كل شريحة وحدها 4. اطرح ما اقتطعه صاحب العمل
    تأخرت عن تقديم الإقرار الضريبي، ماذا أفعل؟ قدّمه اليوم، فالغرامة واحد في المئة عن كل شهر بعد أبريل. وإن كان لك عذر مثبت، كمرض أو سفر للعلاج، فاطلب إعفاءك منها مع الإقرار نفسه. | 1. قدّم الإقرار من البوابة كأنه في موعده 2. اكتب سبب التأخر في خانة الملاحظات 3. ادفع الضريبة أو اطلب تقسيطها 4. انتظر قرار الغرامة قبل أن تدفعها
    Ministry of Finance, Independence Street, main building, Ruba 21.4375
      5 days 08:00–15:00 usual
      5 days 09:00–14:00 ramadan
      1 days 10:00–16:00 usual Call centre only
      1910, +99925550100, +99925550199
    Ministry of Finance /en
    About the ministry /en/about
      The ministry: mission and duties /en/about/ministry
    Contact us /en/contact
    Open data /en/open-data
    Privacy /en/privacy
    Accessibility /en/accessibility
    /topics/الضرائب/ضريبة-الدخل
    tenders أجهزة فحص الحاويات بالأشعة لميناء مرسى اللؤلؤ
    404 not_found
    ");
}

/// The sample ministry with a page that was withdrawn for good.
async fn ministry() -> App {
    let app = App::start().await;
    app.cms.load_demo().await.unwrap();
    let department = app.anyone.get("/v1/content/department/الموازنة-العامة").await.of(200).json();
    let data = json!({ "title": "صفحة مؤقتة", "body": "نص." });
    let page = json!({ "collection": "pages", "department": department["id"], "slug": "withdrawn", "data": data });
    let live = publish(&app.with(Role::Publisher), &create(&app.with(Role::Editor), &page).await).await;
    let withdraw = format!("{}/withdraw", place(&live));
    let gone = json!({ "mode": "gone" });
    app.with(Role::Publisher).post_at(&withdraw, &etag_of(&live["version"]), &gone).await.of(200);
    app.settle().await;
    app
}

/// A folder with some of our sources, and the tools.
struct Desk {
    folder: TempDir,
    tools: PathBuf,
}

impl Desk {
    /// `None` without the tools, which is said.
    fn open(sources: &[&str]) -> Option<Self> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("front_end");
        let tools = node_modules()?;
        let folder = tempfile::tempdir().unwrap();
        symlink(&tools, folder.path().join("node_modules")).unwrap();
        for source in sources {
            let name = Path::new(source).file_name().unwrap();
            fs::copy(own.join(source), folder.path().join(name)).unwrap();
        }
        Some(Self { folder, tools })
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// What a tool prints; it must end well.
    async fn run(&self, tool: &str, arguments: &[&str]) -> String {
        self.node(&self.tools.join(tool), arguments).await
    }

    /// What a program of the folder prints; it must end well.
    async fn run_own(&self, program: &str, arguments: &[&str]) -> String {
        self.node(&self.folder.path().join(program), arguments).await
    }

    async fn node(&self, program: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new("node");
        command.arg(program).args(arguments).current_dir(self.folder.path());
        // Nothing tells others of what happens here or asks for news.
        command.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true").env("NO_COLOR", "1");
        run(command).await
    }
}

/// The tools from npm; `None` without them, which is said.
pub(crate) fn node_modules() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("front_end/node_modules");
    let tools = env::var_os("DIWAN_TEST_NODE_MODULES").map_or(own, PathBuf::from);
    if tools.join("typescript").is_dir() {
        return Some(tools);
    }
    skipped("no tools for front ends: run `npm ci` in tests/front_end");
    None
}

/// What a program prints; it must end well. On a thread of its own, since the server that it may talk to lives on this one.
pub(crate) async fn run(mut command: Command) -> String {
    let called = format!("{command:?}");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (printed, told) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{called}\n{printed}\n{told}");
    printed
}
