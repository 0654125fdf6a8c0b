// A small front end on a client that was generated from the OpenAPI document: node out/site.js <address of the server>
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];
type AtPath = Schemas["AtPath"];
type Found = { status: 200; page: Exclude<AtPath, Schemas["Redirect"]> } | { status: 301; to: string } | { status: 404 | 410 };

const [baseUrl] = process.argv.slice(2);
if (baseUrl === undefined) throw new Error("the address of the server is missing");
// Filters nest deeper than the client's own writer of queries goes.
const api = createClient<paths>({ baseUrl, querySerializer: (query) => Object.entries(query).flatMap(([name, value]) => pairs(name, value)).join("&") });

function pairs(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return [`${name}=${value.map(encodeURIComponent).join(",")}`];
  if (typeof value === "object") return Object.entries(value).flatMap(([key, inner]) => pairs(`${name}[${key}]`, inner));
  return [`${name}=${encodeURIComponent(String(value))}`];
}

/** What a router makes of the path of a request. */
async function route(path: string): Promise<Found> {
  const { data, error } = await api.GET("/v1/content/{path}", { params: { path: { path } } });
  if (error !== undefined) {
    if (error.status === 404 || error.status === 410) return { status: error.status };
    throw new Error(`${error.code}: ${error.detail}`);
  }
  return data.kind === "redirect" ? { status: 301, to: data.to } : { status: 200, page: data };
}

/** The heading of a page; each collection has a type of its own. */
function heading(page: Exclude<AtPath, Schemas["Redirect"]>): string {
  switch (page.collection) {
    case "departments":
      return `${page.data.title} (${page.data.phone ?? "no telephone"})`;
    case "news":
      return `${page.data.title}: ${page.data.kind}`;
    case "services":
      return `${page.data.title}: ${page.data.audience.join(", ")}`;
    default:
      return page.data.title ?? page.slug;
  }
}

async function visit(path: string): Promise<void> {
  const found = await route(path);
  switch (found.status) {
    case 200:
      console.log(`${path} -> 200 ${found.page.dir} ${heading(found.page)}`);
      for (const { locale, path } of found.page.translations) console.log(`  ${locale} ${path}`);
      return;
    case 301:
      console.log(`${path} -> 301 ${found.to}`);
      return visit(found.to.slice(1));
    case 404:
    case 410:
      console.log(`${path} -> ${found.status}`);
  }
}

async function home(): Promise<void> {
  const { data } = await api.GET("/v1/content", { params: { query: { locale: "ar" } } });
  if (data?.kind !== "entry" || data.collection !== "pages") throw new Error("there is no home page");
  console.log(`home: ${data.data.title}; ${data.translations.map((one) => one.locale).join(" and ")}`);
  console.log(`  pictures: ${(data.included.image ?? []).map((image) => image.name).join(", ")}`);
}

/** One page of the departments by name. */
async function departmentsAfter(after: string | null): Promise<Schemas["DepartmentsEntryList"]> {
  const query = { locale: "ar" as const, sort: "title", "page[size]": 5, ...(after !== null && { "page[after]": after }) };
  const { data, error } = await api.GET("/v1/collections/departments/entries", { params: { query } });
  if (error !== undefined) throw new Error(error.detail);
  return data;
}

/** All of them. */
async function* departments(): AsyncGenerator<Schemas["DepartmentsEntry"]> {
  for (let page = await departmentsAfter(null); ; page = await departmentsAfter(page.page.next)) {
    yield* page.data;
    if (page.page.next === null) return;
  }
}

/** Tenders that are not decided yet, the newest first, each with its topic. */
async function tenders(): Promise<void> {
  const query = { locale: "ar" as const, filter: { stage: { in: "open,evaluation" }, date: { gte: "2026-07-01" } }, sort: "-date", include: "topic" };
  const { data, error } = await api.GET("/v1/collections/tenders/entries", { params: { query } });
  if (error !== undefined) throw new Error(error.detail);
  console.log("tenders:");
  for (const tender of data.data) {
    const topic = tender.included.topic?.[0];
    const title = topic?.collection === "topics" ? topic.data.title : "";
    console.log(`  ${tender.data.number} ${tender.data.title} (${title})`);
  }
}

/** The best hit of a search, and where the others are. */
async function search(q: string): Promise<void> {
  const { data, error } = await api.GET("/v1/search", { params: { query: { q, locale: "ar", collection: ["services"] } } });
  if (error !== undefined) throw new Error(error.detail);
  const [best] = data.data;
  console.log(`search ${q}: ${best?.collection} ${best?.path} ${best?.highlights.title}`);
  console.log(`  in ${data.facets.collections.find((facet) => facet.handle === best?.collection)?.label.ar}`);
}

/** One level of the menu and those below it. */
interface MenuItem {
  title: string;
  kind: "entry" | "asset" | "url" | "heading";
  path: string | null;
  children: MenuItem[];
}

function menu(items: MenuItem[], depth: number): void {
  for (const item of items) {
    console.log(`${"  ".repeat(depth)}${item.title} ${item.kind === "heading" ? "" : item.path}`.trimEnd());
    menu(item.children, depth + 1);
  }
}

async function navigation(): Promise<void> {
  const { data, error } = await api.GET("/v1/navigations/main_menu", { params: { query: { locale: "en" } } });
  if (error !== undefined) throw new Error(error.detail);
  console.log(`menu: ${data.meta.unresolved.length} items are not public`);
  menu(data.data.items, 1);
}

/** What a form shows when the server refuses. */
async function refused(): Promise<void> {
  const { error } = await api.GET("/v1/collections/news/entries", { params: { query: { sort: "secret" } } });
  console.log(`refused: ${error?.code} ${error?.faults.map((fault) => `${fault.pointer} ${fault.code}`).join(", ")}`);
}

await home();
await navigation();
console.log("departments:");
for await (const department of departments()) console.log(`  ${department.data.title}`);
await tenders();
console.log("visits:");
for (const path of ["department/الموازنة-العامة", "department/الموازنه-العامه", "لا شيء", "withdrawn"]) {
  await visit(path);
}
await search("براءه الذمه");
await refused();
