//! `diwan serve --demo`: the sample ministry, two keys, and commands to try, which work as they are printed.

use std::net::SocketAddr;

use diwan_cms::{
    Cms, CmsError, CreateKey, CreatedKey, DemoReport, LocalizationState, ManagedLocalization, WriteContext,
};
use diwan_content::{
    Actor, ContentHash, DepartmentId, LocaleRole, Pointer, RevisionContent, Slug,
    rights::{Grant, Role},
};
use serde_json::{Map, Value, json};

/// What a reader is told to try.
pub(super) struct Sample {
    report: DemoReport,
    publisher: CreatedKey,
    administrator: CreatedKey,
    story: Option<Story>,
}

/// One page on its way from an edit to a search hit.
struct Story {
    state: LocalizationState,
    /// Body of the save.
    body: Value,
    /// Hash of the revision that the save makes.
    hash: ContentHash,
    /// A word of its title, misspelt.
    word: String,
}

/// Makes two keys for the samples that were loaded, and finds what to tell of them.
pub(super) async fn prepare(cms: &Cms, report: DemoReport) -> Result<Sample, CmsError> {
    let publisher = create_key(cms, "publisher of the samples", Role::Publisher).await?;
    let administrator = create_key(cms, "system administrator of the samples", Role::SystemAdmin).await?;
    let story = story(cms, &report).await?;
    Ok(Sample { report, publisher, administrator, story })
}

async fn create_key(cms: &Cms, label: &str, role: Role) -> Result<CreatedKey, CmsError> {
    let grants = vec![Grant::new(role, DepartmentId::MINISTRY)];
    let input = CreateKey { label: Some(label.to_owned()), grants, on_behalf_of: None, expires_at: None };
    Ok(cms.create_key(&WriteContext::system(), input).await?.value)
}

/// The department's page with the shortest data makes the shortest command.
async fn story(cms: &Cms, report: &DemoReport) -> Result<Option<Story>, CmsError> {
    let mut shortest: Option<ManagedLocalization> = None;
    for state in &report.states {
        let collection = cms.registry().find_collection(state.collection.as_str());
        let is_origin = collection.is_some_and(|collection| *collection.origin() == state.locale);
        if state.collection != "departments" || !is_origin {
            continue;
        }
        let found = cms.manage_localization(&Actor::system(), state.entry, &state.locale).await?;
        let size = |found: &ManagedLocalization| Value::Object(found.data.clone()).to_string().len();
        if shortest.as_ref().is_none_or(|known| size(&found) < size(known)) {
            shortest = Some(found);
        }
    }
    Ok(shortest.and_then(|found| tell(cms, found)))
}

fn tell(cms: &Cms, found: ManagedLocalization) -> Option<Story> {
    let registry = cms.registry();
    let (collection, blueprint) = (
        registry.find_collection(found.state.collection.as_str())?,
        registry.find_blueprint(found.blueprint.as_str())?,
    );
    let title = found.data.get(collection.title_field.as_str())?.as_str()?.to_owned();
    let mut data: Map<String, Value> = found.data.clone();
    data.insert(collection.title_field.to_string(), format!("{title} (محدّثة)").into());
    let (read, _) = blueprint.read(&Value::Object(data.clone()), &LocaleRole::Origin, &Pointer::root());
    let content = RevisionContent {
        data_text: read.to_stored(),
        slug: found.state.slug.clone().map(Slug::from_stored),
        parent: found.parent,
        rank: found.rank,
        date: found.date,
        foreign_text: None,
        blueprint: blueprint.handle.clone(),
        blueprint_hash: blueprint.hash,
    };
    let word = misspelt(&title);
    Some(Story { body: json!({ "data": data }), hash: content.hash(), word, state: found.state })
}

/// The longest word of a title that is often written otherwise, so: without hamza, with ه for ة. Else its longest word as it is.
fn misspelt(title: &str) -> String {
    let often = |word: &str| -> String {
        let letters = word.chars().map(|letter| match letter {
            'أ' | 'إ' | 'آ' => 'ا',
            'ة' => 'ه',
            'ى' => 'ي',
            other => other,
        });
        letters.collect()
    };
    let words = title.split_whitespace().map(|word| (often(word), word));
    let best = words.max_by_key(|(written, word)| (written != word, word.chars().count()));
    best.map_or_else(|| title.to_owned(), |(written, _)| written)
}

impl Sample {
    /// What to try, with the real address, ids and keys.
    pub(super) fn guide(&self, address: SocketAddr) -> String {
        let Self { report, publisher, administrator, story } = self;
        let base = format!("http://{address}");
        let mut text = format!(
            "The sample ministry is loaded: {} entries, {} public pages, {} assets.\n\n\
             Look around\n  {base}/docs\n  {base}/v1/collections\n  {base}/v1/collections/departments/entries\n  {base}/v1/paths\n\n\
             Keys (shown only now)\n  publisher             {}\n  system administrator  {}\n",
            report.entries, report.published, report.assets, publisher.token, administrator.token
        );
        if let Some(story) = story {
            text.push_str(&story.commands(&base, &publisher.token));
        }
        text
    }
}

impl Story {
    fn commands(&self, base: &str, token: &str) -> String {
        let Self { state, body, hash, word } = self;
        let place = format!("{base}/manage/v1/entries/{}/{}", state.entry, state.locale);
        let path = state.path.as_ref().map(ToString::to_string).unwrap_or_default();
        let (save, publish) =
            (quoted(&body.to_string()), quoted(&json!({ "revision": state.head.next(), "hash": hash }).to_string()));
        format!(
            "\nSave a new revision of «{path}»\n  curl -X PUT '{place}' -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -H 'If-Match: \"{}\"' -d {save}\n\
             \nPublish it\n  curl -X POST '{place}/publish' -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -H 'If-Match: \"{}\"' -d {publish}\n\
             \nRead it\n  curl '{base}/v1/content{}'\n\
             \nFind it by a misspelt word\n  curl -G '{base}/v1/search' --data-urlencode 'q={word}'\n",
            state.version,
            state.version.next(),
            encoded(&path),
        )
    }
}

/// A text in single quotes for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A path with everything but ASCII letters, digits and a few signs percent-encoded.
fn encoded(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_the_shell() {
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(encoded("/department/ا b"), "/department/%D8%A7%20b");
        assert_eq!(misspelt("إدارة الموازنة"), "الموازنه");
        assert_eq!(misspelt("الاستثمارات أولا"), "اولا");
    }
}
