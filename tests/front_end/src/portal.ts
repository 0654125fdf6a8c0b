// A small front end written with the types of `diwan types` alone, on plain `fetch`: node out/portal.js <address of the server>
import type { AtPath, CollectionHandle, Collections, Entry, EntryList, Problem, SearchAnswer, Tree, TreePage } from "./diwan.js";

const [baseUrl] = process.argv.slice(2);
if (baseUrl === undefined) throw new Error("the address of the server is missing");

/** An answer, or the problem that came instead. */
type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

async function ask<T>(path: string, query: Record<string, string> = {}): Promise<Answer<T>> {
  const answer = await fetch(`${baseUrl}/v1/${path}?${new URLSearchParams(query)}`);
  const body: unknown = await answer.json();
  return answer.ok ? { ok: true, value: body as T } : { ok: false, problem: body as Problem };
}

function must<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.problem.code}: ${answer.problem.detail}`);
}

/** A page of any collection, in a locale that it has. */
async function list<C extends CollectionHandle>(collection: C, locale: Collections[C]["locale"], query: Record<string, string> = {}): Promise<EntryList<C>> {
  return must(await ask<EntryList<C>>(`collections/${collection}/entries`, { locale, ...query }));
}

/** One line about any entry; the compiler knows the fields of each collection. */
function card(entry: Entry): string {
  switch (entry.collection) {
    case "news":
      return `${entry.date} ${entry.data.kind}: ${entry.data.title} [${(entry.included.image ?? []).map((one) => one.alternative_text).join()}]`;
    case "services":
      return `${entry.data.title}: ${entry.data.fees ?? 0} دينار، ${entry.data.channels.join(" + ")}`;
    case "tenders": {
      const { stage, submission, lots } = entry.data;
      return `${entry.data.number} ${stage}: ${submission?.from} – ${submission?.to}; ${lots.map((lot) => `${lot.name} ${lot.quantity} ${lot.unit}`).join("، ")}`;
    }
    case "circulars":
      return `${entry.data.number}: ${entry.data.issued_on?.date} = ${entry.data.issued_on?.hijri}`;
    case "faqs":
      return `${entry.data.question} ${entry.data.answer.map(block).join(" | ")}`;
    default:
      return entry.path ?? entry.slug;
  }
}

/** A block of an answer, by its kind. */
function block(one: Entry<"faqs">["data"]["answer"][number]): string {
  switch (one.type) {
    case "text":
      return one.text?.html.replace(/<[^>]+>/g, "").trim() ?? "";
    case "steps":
      return one.steps.map((step, place) => `${place + 1}. ${step}`).join(" ");
    case "figures":
      return one.figures?.columns.join("/") ?? "";
    case "warning":
      return `! ${one.text}`;
    case "contact":
      return `☎ ${one.phone}`;
  }
}

/** Opening hours and telephones at the foot of each page. */
async function foot(): Promise<void> {
  const ministry = must(await ask<Entry<"ministry">>("globals/ministry", { locale: "en" }));
  const { address, opening_hours, phones } = ministry.data;
  console.log(`${ministry.data.name}, ${address?.street}, ${address?.city} ${address?.place?.latitude}`);
  for (const row of opening_hours) console.log(`  ${row.days.length} days ${row.opens}–${row.closes} ${row.season} ${row.note ?? ""}`.trimEnd());
  console.log(`  ${phones.map((phone) => phone.number).join(", ")}`);
}

function outline(pages: TreePage[], depth: number): string[] {
  return pages.flatMap((page) => [`${"  ".repeat(depth)}${page.title} ${page.path}`, ...outline(page.children, depth + 1)]);
}

for (const one of (await list("services", "ar", { sort: "title", "page[size]": "2" })).data) console.log(card(one));
for (const one of (await list("news", "en", { sort: "date", "page[size]": "2" })).data) console.log(card(one));
for (const one of (await list("tenders", "ar", { sort: "date", "page[size]": "2" })).data) console.log(card(one));
for (const one of (await list("circulars", "ar", { sort: "date", "page[size]": "2" })).data) console.log(card(one));
for (const one of (await list("faqs", "ar", { "page[size]": "3" })).data) console.log(card(one));

await foot();

const tree = must(await ask<Tree>("collections/pages/tree", { locale: "en" }));
console.log(outline(tree.data, 0).join("\n"));

const found = must(await ask<AtPath>(`content/${encodeURI("/topics/الضرائب/ضريبة-الدخل")}`));
console.log(found.kind === "redirect" ? `moved to ${found.to}` : card(found));

const answer = must(await ask<SearchAnswer>("search", { q: "ميناء", collection: "tenders" }));
for (const hit of answer.data.slice(0, 1)) console.log(`${hit.collection} ${hit.title}`);

const refused = await ask<AtPath>("content/nothing");
if (!refused.ok) console.log(`${refused.problem.status} ${refused.problem.code}`);
