//! One suite over both databases: SQLite always, PostgreSQL where `DIWAN_TEST_POSTGRES` holds the URL of a server on
//! which databases may be made.

#![expect(clippy::unwrap_used, reason = "a failed test may panic")]

mod access;
mod assets;
mod backup;
mod entries;
mod events;
mod fixture;
mod idempotency;
mod lists;
mod opening;
#[cfg(feature = "postgres")]
mod outages;
mod paths;
#[cfg(feature = "postgres")]
mod proxy;
mod publications;
mod search_log;
mod texts;
mod users;

/// Runs each test on both databases.
macro_rules! on_both_databases {
    ($($module:ident :: $test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::fixture::on_sqlite(async |db| crate::$module::$test(db).await).await;
            })*
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::fixture::on_postgres(async |db| crate::$module::$test(db).await).await;
            })*
        }
    };
}

on_both_databases! {
    access::a_key_is_found_by_its_secret_until_it_is_revoked,
    access::departments_make_the_hierarchy,
    access::refusals_of_known_actors_stand_and_others_are_counted,
    access::refusals_never_change_and_counts_only_grow,
    access::a_setting_is_made_once,
    access::a_permit_for_something_else_is_refused,
    assets::an_asset_changes_by_revisions,
    assets::an_asset_is_public_while_something_public_points_to_it,
    assets::the_list_of_assets_keeps_to_scope_and_filter,
    assets::texts_of_older_assets_are_folded_once,
    backup::an_export_reads_back_equal,
    backup::every_column_is_in_the_backup_or_left_out_for_a_reason,
    backup::a_database_with_rows_takes_no_import,
    backup::a_damaged_line_leaves_nothing_behind,
    backup::a_changed_event_breaks_the_chain,
    backup::a_row_that_is_refused_is_named,
    entries::an_error_leaves_nothing_behind,
    entries::a_stale_version_is_a_mismatch,
    entries::revisions_are_numbered_and_paged,
    entries::the_same_identity_twice_is_a_conflict,
    entries::a_nul_character_is_refused_before_the_database,
    entries::the_management_list_keeps_to_scope_and_filter,
    entries::the_management_list_takes_special_characters_as_they_are,
    entries::the_management_list_goes_on_behind_a_place,
    entries::an_import_keeps_its_source,
    entries::trash_and_transfer_raise_versions,
    events::twenty_writers_leave_a_chain_without_gaps,
    events::times_never_run_backwards,
    events::a_caused_event_names_its_cause,
    events::a_scope_sees_the_events_of_its_departments,
    events::revisions_and_events_never_change,
    events::a_changed_event_is_the_first_that_does_not_follow,
    events::a_commit_with_events_wakes,
    events::transactions_that_wait_for_each_other_both_succeed,
    idempotency::the_same_key_is_answered_again,
    idempotency::of_twenty_equal_requests_one_is_done,
    idempotency::a_key_is_forgotten_after_a_day,
    lists::keys_are_scanned_in_order_and_paged,
    lists::runs_of_keys_are_read_together_each_to_its_limit,
    lists::references_are_found_from_both_ends,
    opening::a_database_of_a_newer_version_is_refused,
    opening::a_revision_may_have_no_slug,
    opening::what_never_changes_is_not_replaced_by_other_programs,
    opening::a_changed_revision_and_a_missing_trigger_are_found,
    opening::a_trigger_that_does_nothing_is_found,
    opening::a_row_that_cannot_be_read_is_reported_as_damage,
    opening::migrating_twice_at_once_is_harmless,
    opening::the_writer_waits_for_the_disk,
    opening::a_snapshot_sees_one_moment,
    paths::a_path_belongs_to_one_entry,
    paths::two_entries_swap_their_paths,
    paths::redirects_lead_to_an_entry_and_give_way,
    paths::live_paths_are_listed_in_order,
    publications::a_publication_is_live_until_it_is_closed,
    publications::spans_bear_the_numbers_of_their_events,
    publications::trees_and_translations_are_told,
    publications::a_transaction_sees_what_it_published,
    texts::texts_are_found_from_both_ends,
    texts::what_is_public_is_read_once,
    search_log::searches_and_clicks_of_a_day_add_up,
    search_log::reports_of_searches_are_in_one_order_everywhere,
    search_log::a_query_is_reported_once_three_clients_asked_it_or_on_three_days,
    search_log::searches_are_forgotten_after_their_days,
    search_log::a_day_holds_only_so_many_different_searches,
    users::a_user_has_one_address_and_keeps_grants_and_credentials,
    users::an_account_of_single_sign_on_belongs_to_one_user,
    users::a_session_lasts_until_it_ends,
    users::a_list_ends_at_the_collections_of_a_scope,
}
