// Types of what the delivery API answers. Made by `diwan types --lang ts` from blueprints and collections: make them anew
// when those change, and do not edit them.

/** Any JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** Data of the blueprint notices: إعلان / Notice */
export interface NoticesData {
  /** العنوان / Title. قصير / Short */
  title: string | null;
  /** النوع / Kind */
  kind: "news" | "tender" | null;
  /** وسوم / Tags */
  tags: string[];
  /** المدة / Term */
  open: {
    from: {
      date: string;
      hijri: string | null;
    };
    to: {
      date: string;
      hijri: string | null;
    } | null;
  } | null;
  /** أخرى / More */
  more: JsonValue;
  /** عن / About */
  about: string | null;
}

/** The data of each blueprint. */
export interface Blueprints {
  /** إعلان / Notice */
  notices: NoticesData;
}

/** Asks of a text; spellings that readers take for one are one. */
export interface TextFilter {
  eq?: string;
  ne?: string;
  in?: string[];
  nin?: string[];
  contains?: string;
  starts_with?: string;
  exists?: boolean;
}

/** Asks of a number. */
export interface NumberFilter {
  eq?: number;
  ne?: number;
  lt?: number;
  lte?: number;
  gt?: number;
  gte?: number;
  in?: number[];
  nin?: number[];
  exists?: boolean;
}

/** Asks of yes or no. */
export interface BooleanFilter {
  eq?: boolean;
  ne?: boolean;
  in?: boolean[];
  nin?: boolean[];
  exists?: boolean;
}

/** Asks of a day, written `2026-01-31`. */
export interface DateFilter {
  eq?: string;
  ne?: string;
  lt?: string;
  lte?: string;
  gt?: string;
  gte?: string;
  in?: string[];
  nin?: string[];
  exists?: boolean;
}

/** Asks of a point in time, written `2026-01-31T09:00:00Z`. */
export interface TimeFilter {
  eq?: string;
  ne?: string;
  lt?: string;
  lte?: string;
  gt?: string;
  gte?: string;
  in?: string[];
  nin?: string[];
  exists?: boolean;
}

/** Asks of a time of day, written `09:30`. */
export interface TimeOfDayFilter {
  eq?: string;
  ne?: string;
  lt?: string;
  lte?: string;
  gt?: string;
  gte?: string;
  in?: string[];
  nin?: string[];
  exists?: boolean;
}

/** Asks of declared options. */
export interface OptionFilter<V extends string> {
  eq?: V;
  ne?: V;
  in?: V[];
  nin?: V[];
  exists?: boolean;
}

/** Asks of an identity. */
export interface IdFilter {
  eq?: string;
  ne?: string;
  in?: string[];
  nin?: string[];
  exists?: boolean;
}

/** Conditions on entries of gov_notices, all of which must hold: `filter[name][operator]=value`. */
export interface GovNoticesFilter {
  and?: GovNoticesFilter[];
  or?: GovNoticesFilter[];
  id?: string | IdFilter;
  department?: string | IdFilter;
  blueprint?: "notices" | OptionFilter<"notices">;
  published_at?: string | TimeFilter;
  first_published_at?: string | TimeFilter;
  slug?: string | TextFilter;
  kind?: "news" | "tender" | OptionFilter<"news" | "tender">;
  tags?: string | TextFilter;
  about?: string | IdFilter | {
    id?: string | IdFilter;
    department?: string | IdFilter;
    blueprint?: "notices" | OptionFilter<"notices">;
    published_at?: string | TimeFilter;
    first_published_at?: string | TimeFilter;
    slug?: string | TextFilter;
    kind?: "news" | "tender" | OptionFilter<"news" | "tender">;
    tags?: string | TextFilter;
    about?: string | IdFilter;
  };
}

/** A step of the order of gov_notices; `-` puts the largest first. */
export type GovNoticesSort = "published_at" | "-published_at" | "first_published_at" | "-first_published_at" | "department" | "-department" | "title" | "-title" | "kind" | "-kind" | "open" | "-open";

/** What there is of each collection. */
export interface Collections {
  /** الإعلانات / Notices */
  gov_notices: {
    blueprint: "notices";
    locale: "ar" | "en";
    data: NoticesData;
    entry: GovNoticesEntry;
    list: GovNoticesEntryList;
    filter: GovNoticesFilter;
    sort: GovNoticesSort;
  };
}

/** Name of a collection. */
export type CollectionHandle = keyof Collections;

/** A published entry of a collection; of any collection where none is named. */
export type Entry<C extends CollectionHandle = CollectionHandle> = { [K in C]: Collections[K]["entry"] }[C];

/** A page of a list of entries of a collection. */
export type EntryList<C extends CollectionHandle = CollectionHandle> = { [K in C]: Collections[K]["list"] }[C];

/** A published entry. */
export interface GovNoticesEntry {
  /** The entry. */
  id: string;
  data: NoticesData;
}

export interface GovNoticesEntryList {
  data: GovNoticesEntry[];
}

/** What lives at a path. */
export type AtPath = GovNoticesEntry | Redirect;

/** The page lives elsewhere. */
export interface Redirect {
  to: string;
}
