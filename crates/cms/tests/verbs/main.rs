//! The verbs over real databases: SQLite always, PostgreSQL where `DIWAN_TEST_POSTGRES` names a server.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod access;
mod backups;
mod bed;
mod changed_blueprints;
mod costs;
mod cursors_random;
mod database;
mod demo;
mod drafts;
mod filters;
mod history;
mod history_random;
mod idempotency;
mod identities;
mod importing;
mod including;
mod judged;
mod kinds;
mod lists;
mod locales;
mod paths;
mod pictures;
mod pins;
mod publishing;
mod racing;
mod random;
mod references;
mod reimporting;
mod reserved;
mod rights;
mod schemas_in_use;
mod search_product;
mod searching;
#[path = "../../benches/lists/seed.rs"]
mod seed;
mod structured;
mod support;
mod translations;
mod trash;
mod trees;
mod uses;

/// Runs each story on both databases. Its future is on the heap: unoptimized, some are too large for a stack.
macro_rules! on_each_database {
    ($($module:ident :: $story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                crate::bed::on(crate::database::Kind::Sqlite, async |bed| Box::pin(crate::$module::$story(bed)).await).await;
            })*
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                crate::bed::on(crate::database::Kind::Postgres, async |bed| Box::pin(crate::$module::$story(bed)).await).await;
            })*
        }
    };
}

on_each_database! {
    access::a_collection_for_key_holders_is_nowhere_without_a_key,
    access::the_name_of_a_hidden_department_stands_in_no_facet,
    access::locales_of_hidden_collections_are_not_named,
    access::pages_of_paths_pass_over_what_is_hidden,
    backups::a_restored_backup_answers_the_same_on_either_database,
    backups::a_backup_is_one_moment_while_others_write,
    backups::a_damaged_backup_is_refused_and_leaves_nothing,
    backups::a_damaged_file_does_not_keep_the_rest_from_being_saved_and_restored,
    backups::stored_data_that_cannot_be_read_is_reported_as_damage,
    backups::verifying_goes_on_past_what_cannot_be_read,
    backups::a_database_that_was_lost_is_not_made_anew,
    backups::a_backup_without_its_files_is_restored_without_them,
    backups::bytes_that_are_missing_or_damaged_are_not_answered,
    backups::an_interrupted_restore_is_taken_up_again,
    backups::a_restore_that_was_interrupted_at_its_blobs_is_taken_up_again,
    backups::a_restore_revokes_the_keys_of_its_backup,
    backups::a_manifest_that_counts_other_rows_and_a_pipe_are_refused,
    backups::verifying_finds_paths_and_lists_that_are_wrong,
    backups::a_target_that_holds_something_is_refused_untouched,
    backups::a_restored_older_state_is_not_searched_by_the_newer_index,
    changed_blueprints::what_is_public_is_answered_as_the_blueprint_of_today_says,
    changed_blueprints::an_old_revision_is_published_whole_or_refused,
    changed_blueprints::targets_that_a_field_takes_no_more_are_left_out,
    changed_blueprints::what_does_not_fit_is_kept_beside_the_data_when_it_is_saved_or_restored,
    changed_blueprints::the_texts_of_blueprints_are_kept,
    changed_blueprints::other_spellings_are_no_change,
    changed_blueprints::a_changed_blueprint_publishes_nothing,
    changed_blueprints::references_become_no_texts,
    changed_blueprints::fewer_references_are_no_reference_less,
    changed_blueprints::what_only_the_origin_holds_today_is_left_out_of_a_translation,
    changed_blueprints::a_check_sees_what_a_start_sees,
    costs::conditions_that_would_read_too_much_are_refused_with_the_dearest,
    costs::a_list_that_reads_much_waits_for_a_place_and_is_answered_all_the_same,
    changed_blueprints::localizations_and_the_past_are_answered_so_too,
    cursors_random::pages_hold_what_a_naive_list_holds_while_entries_come_change_and_go,
    demo::samples_that_cannot_be_stored_leave_nothing_behind,
    demo::the_sample_ministry_is_read_and_found,
    drafts::a_department_that_owns_something_stays,
    drafts::a_department_in_the_trash_is_given_nothing,
    drafts::a_translation_of_a_department_that_owns_something_may_be_withdrawn,
    drafts::a_save_that_changes_nothing_makes_no_revision,
    drafts::an_untitled_draft_is_kept_and_gets_its_slug_with_its_title,
    drafts::what_is_there_must_fit_though_a_draft_is_incomplete,
    filters::lists_that_an_index_serves_look_at_few_keys_at_any_depth,
    filters::filters_answer_what_their_values_say,
    filters::no_filter_tells_what_the_caller_may_not_know,
    filters::what_no_index_serves_is_refused_over_too_many_entries,
    filters::filtered_pages_show_every_entry_once_while_others_come_and_go,
    filters::a_cursor_outlives_a_hop_that_comes_to_name_many_targets,
    history::what_was_public_at_a_time_is_answered_as_it_was_then,
    history::now_is_now_although_the_clock_was_once_ahead,
    history::what_vanished_or_is_in_the_trash_was_never_there,
    history::references_and_inclusions_are_resolved_as_they_were_then,
    history::history_is_open_to_all_where_a_collection_says_so_and_else_to_few,
    history::a_publisher_sees_the_history_of_its_own_departments,
    history::every_publication_is_found_by_the_folded_form_of_its_path,
    history_random::every_time_is_answered_as_it_was_recorded,
    idempotency::a_repeat_is_answered_as_the_first_time,
    idempotency::a_refused_request_may_be_sent_again_under_its_key,
    idempotency::nothing_to_do_is_kept_too,
    idempotency::a_key_is_free_again_after_a_day,
    idempotency::of_twenty_publishes_under_one_key_one_is_done,
    idempotency::of_twenty_saves_of_one_version_one_wins,
    idempotency::of_twenty_localizations_made_at_once_one_is_made,
    idempotency::two_pages_that_want_one_path_at_once_get_it_in_turn,
    idempotency::parents_move_while_children_are_published_and_every_path_is_right,
    idempotency::a_parent_is_withdrawn_while_a_child_is_published_and_no_child_is_left_alone,
    idempotency::many_writers_leave_a_whole_chain,
    identities::of_twenty_entries_of_one_id_one_is_made,
    identities::of_twenty_assets_of_one_id_one_is_made,
    including::names_lead_from_entry_to_entry_to_depth_three_and_back_again,
    including::fields_narrow_the_data_of_entries_and_of_what_they_include,
    including::what_is_not_public_is_not_included,
    including::who_refers_to_an_entry_comes_in_the_default_order_and_within_bounds,
    including::an_answer_includes_a_bounded_number_of_entries,
    including::names_that_are_not_to_be_had_are_all_told_alike,
    importing::an_import_keeps_ids_authors_times_unknown_keys_and_exact_bodies,
    importing::a_second_import_changes_nothing,
    importing::what_changed_there_is_updated_and_what_changed_here_is_a_conflict,
    importing::a_draft_that_was_published_there_is_published_here,
    importing::an_entry_made_here_under_the_same_id_is_a_conflict,
    reimporting::of_two_files_that_claim_one_id_or_address_none_is_imported,
    reimporting::what_would_lose_something_is_held_back_until_it_does_not,
    reimporting::what_was_renamed_dated_or_moved_there_is_noticed,
    reimporting::what_was_edited_here_alone_is_kept_and_what_was_deleted_there_is_reported,
    reimporting::ids_that_are_no_uuid_belong_to_their_site,
    reimporting::records_of_older_versions_still_compare,
    importing::an_owner_must_be_named_and_be_there,
    importing::a_lone_file_comes_in_by_its_blueprint,
    importing::what_is_taken_back_there_is_reported_and_stays_public_here,
    importing::what_its_date_hides_there_is_a_draft_here,
    judged::the_sample_ministry_is_found_no_worse_than_before,
    kinds::terms_have_parents_and_need_no_pages,
    kinds::a_tree_is_no_deeper_than_its_collection_says,
    kinds::a_global_has_exactly_one_entry,
    kinds::of_twenty_globals_made_at_once_one_is_made,
    kinds::a_menu_names_its_targets_as_they_are_public_now,
    kinds::a_menu_shows_what_is_public_in_its_own_locale,
    kinds::single_entries_are_answered_by_their_kind_alone,
    kinds::titles_become_slugs_in_ascii_where_the_collection_says_so,
    lists::a_list_is_ordered_by_what_was_asked_for,
    lists::pages_show_every_entry_once_while_others_are_published,
    lists::all_are_counted_when_asked,
    lists::parameters_that_cannot_be_read_are_all_told,
    lists::pages_are_read_while_lists_wait_for_their_turn,
    lists::lists_are_built_anew_when_their_declarations_change,
    locales::absent_inherits_null_empties_and_a_value_overrides,
    locales::publishing_the_origin_presents_anew_what_inherits,
    locales::a_list_follows_what_its_entries_inherit,
    locales::a_localization_is_not_public_before_its_origin,
    locales::what_only_the_origin_holds_is_a_fault_elsewhere,
    locales::a_locale_is_answered_by_another_one_only_when_asked,
    paths::a_slug_is_made_of_the_title_and_numbered_when_its_path_is_taken,
    paths::variants_of_spelling_are_one_path_and_are_led_to_it,
    paths::a_path_change_leaves_redirects_without_chains_or_loops,
    paths::another_spelling_of_the_same_path_is_no_redirect_to_itself,
    paths::two_pages_swap_their_paths_in_one_publish,
    paths::a_taken_path_is_a_fault_at_the_slug,
    paths::a_new_page_takes_over_a_redirect_or_what_is_gone,
    paths::a_parent_that_is_not_public_is_named_with_the_locale,
    paths::a_slug_or_path_that_is_too_long_is_a_fault,
    paths::a_numbered_slug_is_no_longer_than_any_other,
    paths::a_slug_is_suggested_only_for_the_page_that_it_is_for,
    paths::a_taken_path_does_not_name_what_is_for_holders_of_a_key,
    paths::a_taken_path_names_its_holder_to_those_who_may_know_and_a_free_slug,
    paths::a_dated_entry_lives_under_its_year,
    paths::a_date_that_is_left_out_is_today_where_the_installation_is,
    pictures::the_public_gets_pictures_without_place_and_owner,
    pins::the_public_sees_new_bytes_once_what_shows_them_is_published,
    pins::what_inherits_takes_the_bytes_of_its_origin_and_keeps_its_own,
    pins::pages_that_move_or_change_hands_keep_their_bytes,
    pins::what_is_said_of_new_bytes_is_not_said_of_old_ones,
    pins::bytes_are_replaced_by_the_same_kind_at_the_seen_version,
    pins::an_asset_is_deleted_when_nothing_uses_it,
    pins::assets_are_found_by_kind_text_and_use_and_duplicates_are_named,
    pictures::pictures_of_older_versions_get_their_public_form,
    publishing::what_was_published_is_read_by_path_and_by_id,
    publishing::saving_never_publishes_and_the_named_revision_is_what_becomes_public,
    publishing::what_was_not_approved_is_not_published,
    publishing::all_faults_are_told_at_once_and_required_values_only_when_publishing,
    publishing::publishing_again_what_is_public_changes_nothing,
    publishing::a_withdrawn_page_answers_gone_with_the_date,
    publishing::a_page_withdrawn_under_another_path_than_before_is_gone_at_both,
    publishing::a_page_withdrawn_as_redirect_leads_to_where_the_other_one_lives_now,
    publishing::what_led_to_a_page_leads_to_it_again_when_it_is_public_again,
    publishing::a_vanished_page_answers_as_if_it_had_never_been,
    publishing::a_restored_revision_is_a_new_head_and_not_public,
    publishing::a_localization_is_made_once,
    publishing::times_come_from_the_clock_alone,
    racing::what_is_published_while_it_is_given_away_belongs_to_one_department,
    racing::nothing_is_public_and_in_the_trash,
    racing::nothing_is_made_for_a_department_that_goes_into_the_trash,
    racing::a_page_is_not_saved_below_one_that_goes_into_the_trash_and_then_published,
    random::what_is_public_is_what_a_naive_recomputation_says,
    references::a_reference_to_nothing_is_a_fault_when_it_is_new,
    references::a_reference_that_lost_its_target_is_kept_when_unchanged,
    references::a_missing_target_is_a_fault_at_its_own_place,
    references::faults_of_very_many_links_are_bounded,
    references::a_target_that_is_not_public_is_answered_empty_and_comes_back,
    references::an_asset_is_public_only_while_something_public_refers_to_it,
    references::what_an_editor_may_not_see_cannot_be_referred_to,
    references::private_fields_are_in_no_read_search_or_message,
    references::an_entry_may_refer_to_itself_once_it_is_there,
    reserved::a_page_does_not_take_what_is_reserved,
    reserved::what_lived_there_before_may_stay,
    reserved::every_spelling_and_encoding_is_told_the_one_path,
    reserved::which_item_of_many_was_refused_is_told,
    reserved::a_start_without_what_the_content_is_made_of_is_refused,
    rights::each_role_may_do_what_the_table_says,
    rights::an_author_saves_what_it_made_itself,
    rights::refusals_of_known_actors_are_recorded,
    rights::management_lists_end_at_the_scope,
    rights::a_narrowed_grant_ends_at_its_collections_and_locales,
    rights::events_are_for_auditors_of_their_departments,
    rights::what_one_may_not_see_is_not_told_by_any_id,
    rights::a_key_holds_its_grants_until_it_ends,
    rights::a_key_is_replaced_with_an_overlap,
    rights::grants_of_a_key_are_possible_ones,
    rights::one_learns_what_one_may_do,
    rights::a_key_s_secret_is_kept_nowhere,
    rights::a_department_is_made_by_a_system_administrator_alone,
    searching::pages_are_served_where_the_index_folder_cannot_be_made,
    searching::an_index_that_cannot_be_made_says_why,
    searching::the_index_follows_what_becomes_public_and_what_does_not,
    searching::what_inherits_is_found_by_what_it_inherits,
    searching::a_deleted_index_is_built_anew,
    searching::what_is_published_while_the_index_is_made_anew_is_found_and_stays_found,
    searching::an_index_of_another_database_is_built_anew,
    searching::a_query_that_cannot_be_asked_is_a_bad_parameter,
    searching::pages_of_hits_show_each_once,
    translations::a_translation_is_stale_once_the_origin_changed_what_can_be_translated,
    translations::what_is_translated_must_be_there,
    translations::translations_are_listed_by_state_page_by_page_and_within_the_scope,
    schemas_in_use::the_origin_and_the_locales_of_content_cannot_change,
    schemas_in_use::blueprints_and_entries_of_a_collection_have_their_place,
    schemas_in_use::a_collection_keeps_the_places_and_dates_of_its_entries,
    schemas_in_use::targets_that_a_field_takes_no_more_do_not_fit,
    schemas_in_use::a_check_counts_private_values_that_publishing_would_show,
    schemas_in_use::a_check_names_collections_that_more_people_may_read,
    search_product::titles_are_suggested_while_they_are_public,
    search_product::related_entries_are_public_and_of_one_locale,
    search_product::synonyms_and_pins_hold_as_soon_as_they_are_published,
    search_product::internal_entries_are_for_publishers_of_the_ministry_and_delivery_knows_none,
    search_product::searches_are_counted_and_told_to_editors,
    search_product::searches_are_forgotten_after_half_a_year_though_nobody_searches_any_more,
    structured::what_stands_inside_fields_is_checked_published_and_found,
    trash::only_what_is_not_public_goes_into_the_trash,
    trash::a_page_with_children_does_not_go_into_the_trash,
    trash::a_save_that_meets_the_trash_is_told_so,
    trash::a_transfer_asks_both_departments_and_lists_and_search_follow,
    trash::a_department_is_not_given_away,
    trees::a_page_that_moves_takes_its_subtree_along_in_both_locales,
    trees::a_page_that_changes_its_slug_takes_its_subtree_along,
    trees::a_page_below_one_that_is_not_public_is_a_fault,
    trees::a_circle_is_a_fault,
    trees::a_restored_parent_that_closes_a_circle_is_a_fault,
    trees::a_parent_is_withdrawn_with_its_children_or_not_at_all,
    trees::children_of_another_department_are_not_withdrawn_with_their_parent,
    trees::the_home_page_is_the_one_root_without_a_slug,
    trees::siblings_stand_by_rank_and_a_move_is_one_revision_of_one_page,
    trees::two_parents_swap_their_paths_with_all_below_them,
    trees::a_subtree_that_comes_back_leaves_redirects_behind_and_no_chains,
    trees::a_circle_closed_by_one_publish_of_many_is_a_fault_at_each_of_its_pages,
    trees::a_circle_is_not_closed_by_two_publishes_at_once,
    uses::what_is_public_and_points_to_an_entry_is_listed,
    uses::what_points_to_an_asset_is_listed,
    uses::who_is_left_pointing_at_nothing_is_told,
}
