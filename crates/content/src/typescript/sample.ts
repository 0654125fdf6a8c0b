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
}

/** The data of each blueprint. */
export interface Blueprints {
  /** إعلان / Notice */
  notices: NoticesData;
}

/** What there is of each collection. */
export interface Collections {
  /** الإعلانات / Notices */
  gov_notices: {
    blueprint: "notices";
    locale: "ar" | "en";
    data: NoticesData;
    entry: GovNoticesEntry;
    list: GovNoticesEntryList;
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
