// Written by scripts/list-scenarios. The texts are those of the files in scenarios/ at the time of the build.
#include "scenarios.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char benchmarks_acks[] = {
#embed "../../scenarios/benchmarks/acks.yaml"
};

static const unsigned char benchmarks_backlog_drain[] = {
#embed "../../scenarios/benchmarks/backlog-drain.yaml"
};

static const unsigned char benchmarks_batching[] = {
#embed "../../scenarios/benchmarks/batching.yaml"
};

static const unsigned char benchmarks_compression[] = {
#embed "../../scenarios/benchmarks/compression.yaml"
};

static const unsigned char benchmarks_fan_out[] = {
#embed "../../scenarios/benchmarks/fan-out.yaml"
};

static const unsigned char benchmarks_fault_during_load[] = {
#embed "../../scenarios/benchmarks/fault-during-load.yaml"
};

static const unsigned char benchmarks_fsync[] = {
#embed "../../scenarios/benchmarks/fsync.yaml"
};

static const unsigned char benchmarks_kreps_2014[] = {
#embed "../../scenarios/benchmarks/kreps-2014.yaml"
};

static const unsigned char benchmarks_message_size[] = {
#embed "../../scenarios/benchmarks/message-size.yaml"
};

static const unsigned char benchmarks_omb_1_topic_6_partitions_1kb[] = {
#embed "../../scenarios/benchmarks/omb/1-topic-6-partitions-1kb.yaml"
};

static const unsigned char benchmarks_omb_kafka_latency[] = {
#embed "../../scenarios/benchmarks/omb/kafka-latency.yaml"
};

static const unsigned char benchmarks_partitions[] = {
#embed "../../scenarios/benchmarks/partitions.yaml"
};

static const unsigned char benchmarks_rebalance[] = {
#embed "../../scenarios/benchmarks/rebalance.yaml"
};

static const unsigned char benchmarks_replication_factor[] = {
#embed "../../scenarios/benchmarks/replication-factor.yaml"
};

static const unsigned char benchmarks_transactions[] = {
#embed "../../scenarios/benchmarks/transactions.yaml"
};

static const unsigned char deeds_docker_compose[] = {
#embed "../../scenarios/deeds/docker-compose.yaml"
};

static const unsigned char deeds_kubernetes[] = {
#embed "../../scenarios/deeds/kubernetes.yaml"
};

static const unsigned char deeds_systemd[] = {
#embed "../../scenarios/deeds/systemd.yaml"
};

static const unsigned char found_compacted_log_cut[] = {
#embed "../../scenarios/found/compacted-log-cut.yaml"
};

static const unsigned char found_controller_epoch[] = {
#embed "../../scenarios/found/controller-epoch.yaml"
};

static const unsigned char found_offsets_before_marker[] = {
#embed "../../scenarios/found/offsets-before-marker.yaml"
};

static const unsigned char found_one_batch_remembered[] = {
#embed "../../scenarios/found/one-batch-remembered.yaml"
};

static const unsigned char found_voter_counted_before_its_sync[] = {
#embed "../../scenarios/found/voter-counted-before-its-sync.yaml"
};

static const unsigned char found_zombie_commit[] = {
#embed "../../scenarios/found/zombie-commit.yaml"
};

static const unsigned char gates_benchmarks[] = {
#embed "../../scenarios/gates/benchmarks.yaml"
};

static const unsigned char hazards_acks_1_leader_crash[] = {
#embed "../../scenarios/hazards/acks-1-leader-crash.yaml"
};

static const unsigned char hazards_acks_all_one_replica[] = {
#embed "../../scenarios/hazards/acks-all-one-replica.yaml"
};

static const unsigned char hazards_append_after_io_error[] = {
#embed "../../scenarios/hazards/append-after-io-error.yaml"
};

static const unsigned char hazards_batch_of_newer_epoch[] = {
#embed "../../scenarios/hazards/batch-of-newer-epoch.yaml"
};

static const unsigned char hazards_broker_epoch_shutdown[] = {
#embed "../../scenarios/hazards/broker-epoch-shutdown.yaml"
};

static const unsigned char hazards_compacted_epoch_start[] = {
#embed "../../scenarios/hazards/compacted-epoch-start.yaml"
};

static const unsigned char hazards_controller_and_broker_die[] = {
#embed "../../scenarios/hazards/controller-and-broker-die.yaml"
};

static const unsigned char hazards_controller_answers_early[] = {
#embed "../../scenarios/hazards/controller-answers-early.yaml"
};

static const unsigned char hazards_controller_out_of_reach[] = {
#embed "../../scenarios/hazards/controller-out-of-reach.yaml"
};

static const unsigned char hazards_create_time_of_clients[] = {
#embed "../../scenarios/hazards/create-time-of-clients.yaml"
};

static const unsigned char hazards_divergence_below_log_start[] = {
#embed "../../scenarios/hazards/divergence-below-log-start.yaml"
};

static const unsigned char hazards_eligible_below_lower_minimum[] = {
#embed "../../scenarios/hazards/eligible-below-lower-minimum.yaml"
};

static const unsigned char hazards_epoch_not_noted[] = {
#embed "../../scenarios/hazards/epoch-not-noted.yaml"
};

static const unsigned char hazards_fast_restart_in_isr[] = {
#embed "../../scenarios/hazards/fast-restart-in-isr.yaml"
};

static const unsigned char hazards_fetch_session_out_of_step[] = {
#embed "../../scenarios/hazards/fetch-session-out-of-step.yaml"
};

static const unsigned char hazards_fetch_session_stale_high_watermark[] = {
#embed "../../scenarios/hazards/fetch-session-stale-high-watermark.yaml"
};

static const unsigned char hazards_follower_fetch_not_woken[] = {
#embed "../../scenarios/hazards/follower-fetch-not-woken.yaml"
};

static const unsigned char hazards_follower_out_of_range[] = {
#embed "../../scenarios/hazards/follower-out-of-range.yaml"
};

static const unsigned char hazards_group_auto_commit_loss[] = {
#embed "../../scenarios/hazards/group-auto-commit-loss.yaml"
};

static const unsigned char hazards_group_auto_commit_repetition[] = {
#embed "../../scenarios/hazards/group-auto-commit-repetition.yaml"
};

static const unsigned char hazards_group_clock_jump[] = {
#embed "../../scenarios/hazards/group-clock-jump.yaml"
};

static const unsigned char hazards_group_commit_of_former_epoch[] = {
#embed "../../scenarios/hazards/group-commit-of-former-epoch.yaml"
};

static const unsigned char hazards_group_cooperative_missed_generation[] = {
#embed "../../scenarios/hazards/group-cooperative-missed-generation.yaml"
};

static const unsigned char hazards_group_downgrade_forgotten[] = {
#embed "../../scenarios/hazards/group-downgrade-forgotten.yaml"
};

static const unsigned char hazards_group_latest_new_partitions[] = {
#embed "../../scenarios/hazards/group-latest-new-partitions.yaml"
};

static const unsigned char hazards_group_load_in_progress[] = {
#embed "../../scenarios/hazards/group-load-in-progress.yaml"
};

static const unsigned char hazards_group_offsets_expire_in_rebalance[] = {
#embed "../../scenarios/hazards/group-offsets-expire-in-rebalance.yaml"
};

static const unsigned char hazards_group_offsets_unclean_election[] = {
#embed "../../scenarios/hazards/group-offsets-unclean-election.yaml"
};

static const unsigned char hazards_group_rebalance_storm[] = {
#embed "../../scenarios/hazards/group-rebalance-storm.yaml"
};

static const unsigned char hazards_group_release_without_ack[] = {
#embed "../../scenarios/hazards/group-release-without-ack.yaml"
};

static const unsigned char hazards_group_retention_overtakes[] = {
#embed "../../scenarios/hazards/group-retention-overtakes.yaml"
};

static const unsigned char hazards_group_static_leader_returns[] = {
#embed "../../scenarios/hazards/group-static-leader-returns.yaml"
};

static const unsigned char hazards_group_static_replaced_id[] = {
#embed "../../scenarios/hazards/group-static-replaced-id.yaml"
};

static const unsigned char hazards_group_static_two_processes[] = {
#embed "../../scenarios/hazards/group-static-two-processes.yaml"
};

static const unsigned char hazards_group_truncated_position[] = {
#embed "../../scenarios/hazards/group-truncated-position.yaml"
};

static const unsigned char hazards_group_vanished_member[] = {
#embed "../../scenarios/hazards/group-vanished-member.yaml"
};

static const unsigned char hazards_group_zombie_commit[] = {
#embed "../../scenarios/hazards/group-zombie-commit.yaml"
};

static const unsigned char hazards_high_watermark_before_truncation[] = {
#embed "../../scenarios/hazards/high-watermark-before-truncation.yaml"
};

static const unsigned char hazards_high_watermark_below_minimum[] = {
#embed "../../scenarios/hazards/high-watermark-below-minimum.yaml"
};

static const unsigned char hazards_high_watermark_waits_for_ineligible[] = {
#embed "../../scenarios/hazards/high-watermark-waits-for-ineligible.yaml"
};

static const unsigned char hazards_isr_before_epoch_start[] = {
#embed "../../scenarios/hazards/isr-before-epoch-start.yaml"
};

static const unsigned char hazards_isr_former_life[] = {
#embed "../../scenarios/hazards/isr-former-life.yaml"
};

static const unsigned char hazards_isr_of_former_leader[] = {
#embed "../../scenarios/hazards/isr-of-former-leader.yaml"
};

static const unsigned char hazards_isr_proposal_in_flight[] = {
#embed "../../scenarios/hazards/isr-proposal-in-flight.yaml"
};

static const unsigned char hazards_isr_shutting_down[] = {
#embed "../../scenarios/hazards/isr-shutting-down.yaml"
};

static const unsigned char hazards_kip_101_truncation_loss[] = {
#embed "../../scenarios/hazards/kip-101-truncation-loss.yaml"
};

static const unsigned char hazards_kip_279_fast_failover_divergence[] = {
#embed "../../scenarios/hazards/kip-279-fast-failover-divergence.yaml"
};

static const unsigned char hazards_kip_320_unfenced_truncation[] = {
#embed "../../scenarios/hazards/kip-320-unfenced-truncation.yaml"
};

static const unsigned char hazards_last_known_leader_bit_rot[] = {
#embed "../../scenarios/hazards/last-known-leader-bit-rot.yaml"
};

static const unsigned char hazards_last_known_leader_fenced[] = {
#embed "../../scenarios/hazards/last-known-leader-fenced.yaml"
};

static const unsigned char hazards_last_replica_standing[] = {
#embed "../../scenarios/hazards/last-replica-standing.yaml"
};

static const unsigned char hazards_late_divergence_answer[] = {
#embed "../../scenarios/hazards/late-divergence-answer.yaml"
};

static const unsigned char hazards_late_registration[] = {
#embed "../../scenarios/hazards/late-registration.yaml"
};

static const unsigned char hazards_latest_offset_goes_back[] = {
#embed "../../scenarios/hazards/latest-offset-goes-back.yaml"
};

static const unsigned char hazards_log_start_inside_batch[] = {
#embed "../../scenarios/hazards/log-start-inside-batch.yaml"
};

static const unsigned char hazards_power_loss_divergence[] = {
#embed "../../scenarios/hazards/power-loss-divergence.yaml"
};

static const unsigned char hazards_power_loss_of_all_replicas[] = {
#embed "../../scenarios/hazards/power-loss-of-all-replicas.yaml"
};

static const unsigned char hazards_preferred_leader_fenced[] = {
#embed "../../scenarios/hazards/preferred-leader-fenced.yaml"
};

static const unsigned char hazards_preferred_replica_fenced[] = {
#embed "../../scenarios/hazards/preferred-replica-fenced.yaml"
};

static const unsigned char hazards_preferred_replica_out_of_reach[] = {
#embed "../../scenarios/hazards/preferred-replica-out-of-reach.yaml"
};

static const unsigned char hazards_producer_five_batches[] = {
#embed "../../scenarios/hazards/producer-five-batches.yaml"
};

static const unsigned char hazards_producer_forgotten[] = {
#embed "../../scenarios/hazards/producer-forgotten.yaml"
};

static const unsigned char hazards_producer_id_granted_twice[] = {
#embed "../../scenarios/hazards/producer-id-granted-twice.yaml"
};

static const unsigned char hazards_producer_indefinite_error[] = {
#embed "../../scenarios/hazards/producer-indefinite-error.yaml"
};

static const unsigned char hazards_producer_known_by_last_batch[] = {
#embed "../../scenarios/hazards/producer-known-by-last-batch.yaml"
};

static const unsigned char hazards_producer_not_copied[] = {
#embed "../../scenarios/hazards/producer-not-copied.yaml"
};

static const unsigned char hazards_producer_overtaken[] = {
#embed "../../scenarios/hazards/producer-overtaken.yaml"
};

static const unsigned char hazards_producer_refused_duplicate[] = {
#embed "../../scenarios/hazards/producer-refused-duplicate.yaml"
};

static const unsigned char hazards_producer_renumbered_batches[] = {
#embed "../../scenarios/hazards/producer-renumbered-batches.yaml"
};

static const unsigned char hazards_producer_reorder[] = {
#embed "../../scenarios/hazards/producer-reorder.yaml"
};

static const unsigned char hazards_producer_retry_duplicate[] = {
#embed "../../scenarios/hazards/producer-retry-duplicate.yaml"
};

static const unsigned char hazards_producer_reused_memory[] = {
#embed "../../scenarios/hazards/producer-reused-memory.yaml"
};

static const unsigned char hazards_quorum_decides_alone[] = {
#embed "../../scenarios/hazards/quorum-decides-alone.yaml"
};

static const unsigned char hazards_quorum_disruptive_server[] = {
#embed "../../scenarios/hazards/quorum-disruptive-server.yaml"
};

static const unsigned char hazards_quorum_follower_flips[] = {
#embed "../../scenarios/hazards/quorum-follower-flips.yaml"
};

static const unsigned char hazards_quorum_leader_deposed[] = {
#embed "../../scenarios/hazards/quorum-leader-deposed.yaml"
};

static const unsigned char hazards_quorum_removed_leader_alone[] = {
#embed "../../scenarios/hazards/quorum-removed-leader-alone.yaml"
};

static const unsigned char hazards_quorum_split_votes[] = {
#embed "../../scenarios/hazards/quorum-split-votes.yaml"
};

static const unsigned char hazards_quorum_two_pending_voters[] = {
#embed "../../scenarios/hazards/quorum-two-pending-voters.yaml"
};

static const unsigned char hazards_quorum_uncommitted_leader_adds[] = {
#embed "../../scenarios/hazards/quorum-uncommitted-leader-adds.yaml"
};

static const unsigned char hazards_quorum_unsynced_commit[] = {
#embed "../../scenarios/hazards/quorum-unsynced-commit.yaml"
};

static const unsigned char hazards_quorum_vote_given_twice[] = {
#embed "../../scenarios/hazards/quorum-vote-given-twice.yaml"
};

static const unsigned char hazards_quorum_voter_loses_disk[] = {
#embed "../../scenarios/hazards/quorum-voter-loses-disk.yaml"
};

static const unsigned char hazards_quorum_zombie_controller[] = {
#embed "../../scenarios/hazards/quorum-zombie-controller.yaml"
};

static const unsigned char hazards_reassignment_late_fetch[] = {
#embed "../../scenarios/hazards/reassignment-late-fetch.yaml"
};

static const unsigned char hazards_reassignment_sick_replica[] = {
#embed "../../scenarios/hazards/reassignment-sick-replica.yaml"
};

static const unsigned char hazards_reassignment_smaller_isr[] = {
#embed "../../scenarios/hazards/reassignment-smaller-isr.yaml"
};

static const unsigned char hazards_recreated_topic_old_log[] = {
#embed "../../scenarios/hazards/recreated-topic-old-log.yaml"
};

static const unsigned char hazards_recreated_topic_older_epoch[] = {
#embed "../../scenarios/hazards/recreated-topic-older-epoch.yaml"
};

static const unsigned char hazards_retention_clock_jump[] = {
#embed "../../scenarios/hazards/retention-clock-jump.yaml"
};

static const unsigned char hazards_segment_name_not_synced[] = {
#embed "../../scenarios/hazards/segment-name-not-synced.yaml"
};

static const unsigned char hazards_torn_tail[] = {
#embed "../../scenarios/hazards/torn-tail.yaml"
};

static const unsigned char hazards_transaction_aborted_list[] = {
#embed "../../scenarios/hazards/transaction-aborted-list.yaml"
};

static const unsigned char hazards_transaction_added_while_ending[] = {
#embed "../../scenarios/hazards/transaction-added-while-ending.yaml"
};

static const unsigned char hazards_transaction_begun_in_memory[] = {
#embed "../../scenarios/hazards/transaction-begun-in-memory.yaml"
};

static const unsigned char hazards_transaction_clock_back[] = {
#embed "../../scenarios/hazards/transaction-clock-back.yaml"
};

static const unsigned char hazards_transaction_commit_of_aborted[] = {
#embed "../../scenarios/hazards/transaction-commit-of-aborted.yaml"
};

static const unsigned char hazards_transaction_completed_twice[] = {
#embed "../../scenarios/hazards/transaction-completed-twice.yaml"
};

static const unsigned char hazards_transaction_coordinator_back[] = {
#embed "../../scenarios/hazards/transaction-coordinator-back.yaml"
};

static const unsigned char hazards_transaction_decided_too_early[] = {
#embed "../../scenarios/hazards/transaction-decided-too-early.yaml"
};

static const unsigned char hazards_transaction_end_overtakes[] = {
#embed "../../scenarios/hazards/transaction-end-overtakes.yaml"
};

static const unsigned char hazards_transaction_epochs_used_up[] = {
#embed "../../scenarios/hazards/transaction-epochs-used-up.yaml"
};

static const unsigned char hazards_transaction_fences_itself[] = {
#embed "../../scenarios/hazards/transaction-fences-itself.yaml"
};

static const unsigned char hazards_transaction_hanging[] = {
#embed "../../scenarios/hazards/transaction-hanging.yaml"
};

static const unsigned char hazards_transaction_joins_the_next[] = {
#embed "../../scenarios/hazards/transaction-joins-the-next.yaml"
};

static const unsigned char hazards_transaction_last_epoch[] = {
#embed "../../scenarios/hazards/transaction-last-epoch.yaml"
};

static const unsigned char hazards_transaction_last_stable_offset[] = {
#embed "../../scenarios/hazards/transaction-last-stable-offset.yaml"
};

static const unsigned char hazards_transaction_late_commit[] = {
#embed "../../scenarios/hazards/transaction-late-commit.yaml"
};

static const unsigned char hazards_transaction_late_marker[] = {
#embed "../../scenarios/hazards/transaction-late-marker.yaml"
};

static const unsigned char hazards_transaction_marker_dropped[] = {
#embed "../../scenarios/hazards/transaction-marker-dropped.yaml"
};

static const unsigned char hazards_transaction_marker_key[] = {
#embed "../../scenarios/hazards/transaction-marker-key.yaml"
};

static const unsigned char hazards_transaction_marker_refused[] = {
#embed "../../scenarios/hazards/transaction-marker-refused.yaml"
};

static const unsigned char hazards_transaction_no_rewind[] = {
#embed "../../scenarios/hazards/transaction-no-rewind.yaml"
};

static const unsigned char hazards_transaction_offsets_applied_late[] = {
#embed "../../scenarios/hazards/transaction-offsets-applied-late.yaml"
};

static const unsigned char hazards_transaction_pending_offsets[] = {
#embed "../../scenarios/hazards/transaction-pending-offsets.yaml"
};

static const unsigned char hazards_transaction_rotation_forgotten[] = {
#embed "../../scenarios/hazards/transaction-rotation-forgotten.yaml"
};

static const unsigned char hazards_transaction_sequence_reused[] = {
#embed "../../scenarios/hazards/transaction-sequence-reused.yaml"
};

static const unsigned char hazards_transaction_two_phases[] = {
#embed "../../scenarios/hazards/transaction-two-phases.yaml"
};

static const unsigned char hazards_transaction_unclean_election[] = {
#embed "../../scenarios/hazards/transaction-unclean-election.yaml"
};

static const unsigned char hazards_transaction_unreplicated_marker[] = {
#embed "../../scenarios/hazards/transaction-unreplicated-marker.yaml"
};

static const unsigned char hazards_transaction_write_cycles[] = {
#embed "../../scenarios/hazards/transaction-write-cycles.yaml"
};

static const unsigned char hazards_transaction_zombie_coordinator[] = {
#embed "../../scenarios/hazards/transaction-zombie-coordinator.yaml"
};

static const unsigned char hazards_transaction_zombie_offsets[] = {
#embed "../../scenarios/hazards/transaction-zombie-offsets.yaml"
};

static const unsigned char hazards_unclean_leader_election[] = {
#embed "../../scenarios/hazards/unclean-leader-election.yaml"
};

static const unsigned char operations_compaction[] = {
#embed "../../scenarios/operations/compaction.yaml"
};

static const unsigned char operations_delete_records[] = {
#embed "../../scenarios/operations/delete-records.yaml"
};

static const unsigned char operations_quorum_upgrade[] = {
#embed "../../scenarios/operations/quorum-upgrade.yaml"
};

static const unsigned char operations_recreated_topic[] = {
#embed "../../scenarios/operations/recreated-topic.yaml"
};

static const unsigned char operations_refused_requests[] = {
#embed "../../scenarios/operations/refused-requests.yaml"
};

static const unsigned char operations_retention[] = {
#embed "../../scenarios/operations/retention.yaml"
};

static const unsigned char operations_small_segments[] = {
#embed "../../scenarios/operations/small-segments.yaml"
};

static const unsigned char operations_zombie_leader[] = {
#embed "../../scenarios/operations/zombie-leader.yaml"
};

static const unsigned char smoke_calm[] = {
#embed "../../scenarios/smoke/calm.yaml"
};

static const unsigned char smoke_crash[] = {
#embed "../../scenarios/smoke/crash.yaml"
};

static const unsigned char smoke_everything[] = {
#embed "../../scenarios/smoke/everything.yaml"
};

static const unsigned char smoke_operator[] = {
#embed "../../scenarios/smoke/operator.yaml"
};

static const unsigned char smoke_partition[] = {
#embed "../../scenarios/smoke/partition.yaml"
};

static const unsigned char smoke_power_loss[] = {
#embed "../../scenarios/smoke/power-loss.yaml"
};

static const unsigned char smoke_quorum[] = {
#embed "../../scenarios/smoke/quorum.yaml"
};

static const unsigned char smoke_slow_follower[] = {
#embed "../../scenarios/smoke/slow-follower.yaml"
};

static const unsigned char smoke_transactions[] = {
#embed "../../scenarios/smoke/transactions.yaml"
};

static const unsigned char swarm_everything[] = {
#embed "../../scenarios/swarm/everything.yaml"
};

static const unsigned char swarm_exactly_once[] = {
#embed "../../scenarios/swarm/exactly-once.yaml"
};

static const unsigned char swarm_groups[] = {
#embed "../../scenarios/swarm/groups.yaml"
};

static const unsigned char swarm_limits[] = {
#embed "../../scenarios/swarm/limits.yaml"
};

static const unsigned char swarm_log[] = {
#embed "../../scenarios/swarm/log.yaml"
};

static const unsigned char swarm_membership[] = {
#embed "../../scenarios/swarm/membership.yaml"
};

static const unsigned char swarm_quorum[] = {
#embed "../../scenarios/swarm/quorum.yaml"
};

static const unsigned char swarm_reconfiguration[] = {
#embed "../../scenarios/swarm/reconfiguration.yaml"
};

static const unsigned char swarm_replication[] = {
#embed "../../scenarios/swarm/replication.yaml"
};

static const unsigned char swarm_verification[] = {
#embed "../../scenarios/swarm/verification.yaml"
};

static const unsigned char verify_combined[] = {
#embed "../../scenarios/verify/combined.yaml"
};

static const unsigned char verify_compaction[] = {
#embed "../../scenarios/verify/compaction.yaml"
};

static const unsigned char verify_exactly_once_classic[] = {
#embed "../../scenarios/verify/exactly-once-classic.yaml"
};

static const unsigned char verify_exactly_once_crashes[] = {
#embed "../../scenarios/verify/exactly-once-crashes.yaml"
};

static const unsigned char verify_exactly_once_late[] = {
#embed "../../scenarios/verify/exactly-once-late.yaml"
};

static const unsigned char verify_groups_classic[] = {
#embed "../../scenarios/verify/groups-classic.yaml"
};

static const unsigned char verify_groups_consumer[] = {
#embed "../../scenarios/verify/groups-consumer.yaml"
};

static const unsigned char verify_groups_migration[] = {
#embed "../../scenarios/verify/groups-migration.yaml"
};

static const unsigned char verify_idempotence[] = {
#embed "../../scenarios/verify/idempotence.yaml"
};

static const unsigned char verify_quorum[] = {
#embed "../../scenarios/verify/quorum.yaml"
};

static const unsigned char verify_replication[] = {
#embed "../../scenarios/verify/replication.yaml"
};

static const unsigned char verify_transactions_crashes[] = {
#embed "../../scenarios/verify/transactions-crashes.yaml"
};

static const unsigned char verify_transactions_twins[] = {
#embed "../../scenarios/verify/transactions-twins.yaml"
};

static const unsigned char verify_voters[] = {
#embed "../../scenarios/verify/voters.yaml"
};

static const shipped_file files[] = {
  {"benchmarks/acks", benchmarks_acks, sizeof benchmarks_acks},
  {"benchmarks/backlog-drain", benchmarks_backlog_drain, sizeof benchmarks_backlog_drain},
  {"benchmarks/batching", benchmarks_batching, sizeof benchmarks_batching},
  {"benchmarks/compression", benchmarks_compression, sizeof benchmarks_compression},
  {"benchmarks/fan-out", benchmarks_fan_out, sizeof benchmarks_fan_out},
  {"benchmarks/fault-during-load", benchmarks_fault_during_load, sizeof benchmarks_fault_during_load},
  {"benchmarks/fsync", benchmarks_fsync, sizeof benchmarks_fsync},
  {"benchmarks/kreps-2014", benchmarks_kreps_2014, sizeof benchmarks_kreps_2014},
  {"benchmarks/message-size", benchmarks_message_size, sizeof benchmarks_message_size},
  {"benchmarks/omb/1-topic-6-partitions-1kb", benchmarks_omb_1_topic_6_partitions_1kb, sizeof benchmarks_omb_1_topic_6_partitions_1kb},
  {"benchmarks/omb/kafka-latency", benchmarks_omb_kafka_latency, sizeof benchmarks_omb_kafka_latency},
  {"benchmarks/partitions", benchmarks_partitions, sizeof benchmarks_partitions},
  {"benchmarks/rebalance", benchmarks_rebalance, sizeof benchmarks_rebalance},
  {"benchmarks/replication-factor", benchmarks_replication_factor, sizeof benchmarks_replication_factor},
  {"benchmarks/transactions", benchmarks_transactions, sizeof benchmarks_transactions},
  {"deeds/docker-compose", deeds_docker_compose, sizeof deeds_docker_compose},
  {"deeds/kubernetes", deeds_kubernetes, sizeof deeds_kubernetes},
  {"deeds/systemd", deeds_systemd, sizeof deeds_systemd},
  {"found/compacted-log-cut", found_compacted_log_cut, sizeof found_compacted_log_cut},
  {"found/controller-epoch", found_controller_epoch, sizeof found_controller_epoch},
  {"found/offsets-before-marker", found_offsets_before_marker, sizeof found_offsets_before_marker},
  {"found/one-batch-remembered", found_one_batch_remembered, sizeof found_one_batch_remembered},
  {"found/voter-counted-before-its-sync", found_voter_counted_before_its_sync, sizeof found_voter_counted_before_its_sync},
  {"found/zombie-commit", found_zombie_commit, sizeof found_zombie_commit},
  {"gates/benchmarks", gates_benchmarks, sizeof gates_benchmarks},
  {"hazards/acks-1-leader-crash", hazards_acks_1_leader_crash, sizeof hazards_acks_1_leader_crash},
  {"hazards/acks-all-one-replica", hazards_acks_all_one_replica, sizeof hazards_acks_all_one_replica},
  {"hazards/append-after-io-error", hazards_append_after_io_error, sizeof hazards_append_after_io_error},
  {"hazards/batch-of-newer-epoch", hazards_batch_of_newer_epoch, sizeof hazards_batch_of_newer_epoch},
  {"hazards/broker-epoch-shutdown", hazards_broker_epoch_shutdown, sizeof hazards_broker_epoch_shutdown},
  {"hazards/compacted-epoch-start", hazards_compacted_epoch_start, sizeof hazards_compacted_epoch_start},
  {"hazards/controller-and-broker-die", hazards_controller_and_broker_die, sizeof hazards_controller_and_broker_die},
  {"hazards/controller-answers-early", hazards_controller_answers_early, sizeof hazards_controller_answers_early},
  {"hazards/controller-out-of-reach", hazards_controller_out_of_reach, sizeof hazards_controller_out_of_reach},
  {"hazards/create-time-of-clients", hazards_create_time_of_clients, sizeof hazards_create_time_of_clients},
  {"hazards/divergence-below-log-start", hazards_divergence_below_log_start, sizeof hazards_divergence_below_log_start},
  {"hazards/eligible-below-lower-minimum", hazards_eligible_below_lower_minimum, sizeof hazards_eligible_below_lower_minimum},
  {"hazards/epoch-not-noted", hazards_epoch_not_noted, sizeof hazards_epoch_not_noted},
  {"hazards/fast-restart-in-isr", hazards_fast_restart_in_isr, sizeof hazards_fast_restart_in_isr},
  {"hazards/fetch-session-out-of-step", hazards_fetch_session_out_of_step, sizeof hazards_fetch_session_out_of_step},
  {"hazards/fetch-session-stale-high-watermark", hazards_fetch_session_stale_high_watermark, sizeof hazards_fetch_session_stale_high_watermark},
  {"hazards/follower-fetch-not-woken", hazards_follower_fetch_not_woken, sizeof hazards_follower_fetch_not_woken},
  {"hazards/follower-out-of-range", hazards_follower_out_of_range, sizeof hazards_follower_out_of_range},
  {"hazards/group-auto-commit-loss", hazards_group_auto_commit_loss, sizeof hazards_group_auto_commit_loss},
  {"hazards/group-auto-commit-repetition", hazards_group_auto_commit_repetition, sizeof hazards_group_auto_commit_repetition},
  {"hazards/group-clock-jump", hazards_group_clock_jump, sizeof hazards_group_clock_jump},
  {"hazards/group-commit-of-former-epoch", hazards_group_commit_of_former_epoch, sizeof hazards_group_commit_of_former_epoch},
  {"hazards/group-cooperative-missed-generation", hazards_group_cooperative_missed_generation, sizeof hazards_group_cooperative_missed_generation},
  {"hazards/group-downgrade-forgotten", hazards_group_downgrade_forgotten, sizeof hazards_group_downgrade_forgotten},
  {"hazards/group-latest-new-partitions", hazards_group_latest_new_partitions, sizeof hazards_group_latest_new_partitions},
  {"hazards/group-load-in-progress", hazards_group_load_in_progress, sizeof hazards_group_load_in_progress},
  {"hazards/group-offsets-expire-in-rebalance", hazards_group_offsets_expire_in_rebalance, sizeof hazards_group_offsets_expire_in_rebalance},
  {"hazards/group-offsets-unclean-election", hazards_group_offsets_unclean_election, sizeof hazards_group_offsets_unclean_election},
  {"hazards/group-rebalance-storm", hazards_group_rebalance_storm, sizeof hazards_group_rebalance_storm},
  {"hazards/group-release-without-ack", hazards_group_release_without_ack, sizeof hazards_group_release_without_ack},
  {"hazards/group-retention-overtakes", hazards_group_retention_overtakes, sizeof hazards_group_retention_overtakes},
  {"hazards/group-static-leader-returns", hazards_group_static_leader_returns, sizeof hazards_group_static_leader_returns},
  {"hazards/group-static-replaced-id", hazards_group_static_replaced_id, sizeof hazards_group_static_replaced_id},
  {"hazards/group-static-two-processes", hazards_group_static_two_processes, sizeof hazards_group_static_two_processes},
  {"hazards/group-truncated-position", hazards_group_truncated_position, sizeof hazards_group_truncated_position},
  {"hazards/group-vanished-member", hazards_group_vanished_member, sizeof hazards_group_vanished_member},
  {"hazards/group-zombie-commit", hazards_group_zombie_commit, sizeof hazards_group_zombie_commit},
  {"hazards/high-watermark-before-truncation", hazards_high_watermark_before_truncation, sizeof hazards_high_watermark_before_truncation},
  {"hazards/high-watermark-below-minimum", hazards_high_watermark_below_minimum, sizeof hazards_high_watermark_below_minimum},
  {"hazards/high-watermark-waits-for-ineligible", hazards_high_watermark_waits_for_ineligible, sizeof hazards_high_watermark_waits_for_ineligible},
  {"hazards/isr-before-epoch-start", hazards_isr_before_epoch_start, sizeof hazards_isr_before_epoch_start},
  {"hazards/isr-former-life", hazards_isr_former_life, sizeof hazards_isr_former_life},
  {"hazards/isr-of-former-leader", hazards_isr_of_former_leader, sizeof hazards_isr_of_former_leader},
  {"hazards/isr-proposal-in-flight", hazards_isr_proposal_in_flight, sizeof hazards_isr_proposal_in_flight},
  {"hazards/isr-shutting-down", hazards_isr_shutting_down, sizeof hazards_isr_shutting_down},
  {"hazards/kip-101-truncation-loss", hazards_kip_101_truncation_loss, sizeof hazards_kip_101_truncation_loss},
  {"hazards/kip-279-fast-failover-divergence", hazards_kip_279_fast_failover_divergence, sizeof hazards_kip_279_fast_failover_divergence},
  {"hazards/kip-320-unfenced-truncation", hazards_kip_320_unfenced_truncation, sizeof hazards_kip_320_unfenced_truncation},
  {"hazards/last-known-leader-bit-rot", hazards_last_known_leader_bit_rot, sizeof hazards_last_known_leader_bit_rot},
  {"hazards/last-known-leader-fenced", hazards_last_known_leader_fenced, sizeof hazards_last_known_leader_fenced},
  {"hazards/last-replica-standing", hazards_last_replica_standing, sizeof hazards_last_replica_standing},
  {"hazards/late-divergence-answer", hazards_late_divergence_answer, sizeof hazards_late_divergence_answer},
  {"hazards/late-registration", hazards_late_registration, sizeof hazards_late_registration},
  {"hazards/latest-offset-goes-back", hazards_latest_offset_goes_back, sizeof hazards_latest_offset_goes_back},
  {"hazards/log-start-inside-batch", hazards_log_start_inside_batch, sizeof hazards_log_start_inside_batch},
  {"hazards/power-loss-divergence", hazards_power_loss_divergence, sizeof hazards_power_loss_divergence},
  {"hazards/power-loss-of-all-replicas", hazards_power_loss_of_all_replicas, sizeof hazards_power_loss_of_all_replicas},
  {"hazards/preferred-leader-fenced", hazards_preferred_leader_fenced, sizeof hazards_preferred_leader_fenced},
  {"hazards/preferred-replica-fenced", hazards_preferred_replica_fenced, sizeof hazards_preferred_replica_fenced},
  {"hazards/preferred-replica-out-of-reach", hazards_preferred_replica_out_of_reach, sizeof hazards_preferred_replica_out_of_reach},
  {"hazards/producer-five-batches", hazards_producer_five_batches, sizeof hazards_producer_five_batches},
  {"hazards/producer-forgotten", hazards_producer_forgotten, sizeof hazards_producer_forgotten},
  {"hazards/producer-id-granted-twice", hazards_producer_id_granted_twice, sizeof hazards_producer_id_granted_twice},
  {"hazards/producer-indefinite-error", hazards_producer_indefinite_error, sizeof hazards_producer_indefinite_error},
  {"hazards/producer-known-by-last-batch", hazards_producer_known_by_last_batch, sizeof hazards_producer_known_by_last_batch},
  {"hazards/producer-not-copied", hazards_producer_not_copied, sizeof hazards_producer_not_copied},
  {"hazards/producer-overtaken", hazards_producer_overtaken, sizeof hazards_producer_overtaken},
  {"hazards/producer-refused-duplicate", hazards_producer_refused_duplicate, sizeof hazards_producer_refused_duplicate},
  {"hazards/producer-renumbered-batches", hazards_producer_renumbered_batches, sizeof hazards_producer_renumbered_batches},
  {"hazards/producer-reorder", hazards_producer_reorder, sizeof hazards_producer_reorder},
  {"hazards/producer-retry-duplicate", hazards_producer_retry_duplicate, sizeof hazards_producer_retry_duplicate},
  {"hazards/producer-reused-memory", hazards_producer_reused_memory, sizeof hazards_producer_reused_memory},
  {"hazards/quorum-decides-alone", hazards_quorum_decides_alone, sizeof hazards_quorum_decides_alone},
  {"hazards/quorum-disruptive-server", hazards_quorum_disruptive_server, sizeof hazards_quorum_disruptive_server},
  {"hazards/quorum-follower-flips", hazards_quorum_follower_flips, sizeof hazards_quorum_follower_flips},
  {"hazards/quorum-leader-deposed", hazards_quorum_leader_deposed, sizeof hazards_quorum_leader_deposed},
  {"hazards/quorum-removed-leader-alone", hazards_quorum_removed_leader_alone, sizeof hazards_quorum_removed_leader_alone},
  {"hazards/quorum-split-votes", hazards_quorum_split_votes, sizeof hazards_quorum_split_votes},
  {"hazards/quorum-two-pending-voters", hazards_quorum_two_pending_voters, sizeof hazards_quorum_two_pending_voters},
  {"hazards/quorum-uncommitted-leader-adds", hazards_quorum_uncommitted_leader_adds, sizeof hazards_quorum_uncommitted_leader_adds},
  {"hazards/quorum-unsynced-commit", hazards_quorum_unsynced_commit, sizeof hazards_quorum_unsynced_commit},
  {"hazards/quorum-vote-given-twice", hazards_quorum_vote_given_twice, sizeof hazards_quorum_vote_given_twice},
  {"hazards/quorum-voter-loses-disk", hazards_quorum_voter_loses_disk, sizeof hazards_quorum_voter_loses_disk},
  {"hazards/quorum-zombie-controller", hazards_quorum_zombie_controller, sizeof hazards_quorum_zombie_controller},
  {"hazards/reassignment-late-fetch", hazards_reassignment_late_fetch, sizeof hazards_reassignment_late_fetch},
  {"hazards/reassignment-sick-replica", hazards_reassignment_sick_replica, sizeof hazards_reassignment_sick_replica},
  {"hazards/reassignment-smaller-isr", hazards_reassignment_smaller_isr, sizeof hazards_reassignment_smaller_isr},
  {"hazards/recreated-topic-old-log", hazards_recreated_topic_old_log, sizeof hazards_recreated_topic_old_log},
  {"hazards/recreated-topic-older-epoch", hazards_recreated_topic_older_epoch, sizeof hazards_recreated_topic_older_epoch},
  {"hazards/retention-clock-jump", hazards_retention_clock_jump, sizeof hazards_retention_clock_jump},
  {"hazards/segment-name-not-synced", hazards_segment_name_not_synced, sizeof hazards_segment_name_not_synced},
  {"hazards/torn-tail", hazards_torn_tail, sizeof hazards_torn_tail},
  {"hazards/transaction-aborted-list", hazards_transaction_aborted_list, sizeof hazards_transaction_aborted_list},
  {"hazards/transaction-added-while-ending", hazards_transaction_added_while_ending, sizeof hazards_transaction_added_while_ending},
  {"hazards/transaction-begun-in-memory", hazards_transaction_begun_in_memory, sizeof hazards_transaction_begun_in_memory},
  {"hazards/transaction-clock-back", hazards_transaction_clock_back, sizeof hazards_transaction_clock_back},
  {"hazards/transaction-commit-of-aborted", hazards_transaction_commit_of_aborted, sizeof hazards_transaction_commit_of_aborted},
  {"hazards/transaction-completed-twice", hazards_transaction_completed_twice, sizeof hazards_transaction_completed_twice},
  {"hazards/transaction-coordinator-back", hazards_transaction_coordinator_back, sizeof hazards_transaction_coordinator_back},
  {"hazards/transaction-decided-too-early", hazards_transaction_decided_too_early, sizeof hazards_transaction_decided_too_early},
  {"hazards/transaction-end-overtakes", hazards_transaction_end_overtakes, sizeof hazards_transaction_end_overtakes},
  {"hazards/transaction-epochs-used-up", hazards_transaction_epochs_used_up, sizeof hazards_transaction_epochs_used_up},
  {"hazards/transaction-fences-itself", hazards_transaction_fences_itself, sizeof hazards_transaction_fences_itself},
  {"hazards/transaction-hanging", hazards_transaction_hanging, sizeof hazards_transaction_hanging},
  {"hazards/transaction-joins-the-next", hazards_transaction_joins_the_next, sizeof hazards_transaction_joins_the_next},
  {"hazards/transaction-last-epoch", hazards_transaction_last_epoch, sizeof hazards_transaction_last_epoch},
  {"hazards/transaction-last-stable-offset", hazards_transaction_last_stable_offset, sizeof hazards_transaction_last_stable_offset},
  {"hazards/transaction-late-commit", hazards_transaction_late_commit, sizeof hazards_transaction_late_commit},
  {"hazards/transaction-late-marker", hazards_transaction_late_marker, sizeof hazards_transaction_late_marker},
  {"hazards/transaction-marker-dropped", hazards_transaction_marker_dropped, sizeof hazards_transaction_marker_dropped},
  {"hazards/transaction-marker-key", hazards_transaction_marker_key, sizeof hazards_transaction_marker_key},
  {"hazards/transaction-marker-refused", hazards_transaction_marker_refused, sizeof hazards_transaction_marker_refused},
  {"hazards/transaction-no-rewind", hazards_transaction_no_rewind, sizeof hazards_transaction_no_rewind},
  {"hazards/transaction-offsets-applied-late", hazards_transaction_offsets_applied_late, sizeof hazards_transaction_offsets_applied_late},
  {"hazards/transaction-pending-offsets", hazards_transaction_pending_offsets, sizeof hazards_transaction_pending_offsets},
  {"hazards/transaction-rotation-forgotten", hazards_transaction_rotation_forgotten, sizeof hazards_transaction_rotation_forgotten},
  {"hazards/transaction-sequence-reused", hazards_transaction_sequence_reused, sizeof hazards_transaction_sequence_reused},
  {"hazards/transaction-two-phases", hazards_transaction_two_phases, sizeof hazards_transaction_two_phases},
  {"hazards/transaction-unclean-election", hazards_transaction_unclean_election, sizeof hazards_transaction_unclean_election},
  {"hazards/transaction-unreplicated-marker", hazards_transaction_unreplicated_marker, sizeof hazards_transaction_unreplicated_marker},
  {"hazards/transaction-write-cycles", hazards_transaction_write_cycles, sizeof hazards_transaction_write_cycles},
  {"hazards/transaction-zombie-coordinator", hazards_transaction_zombie_coordinator, sizeof hazards_transaction_zombie_coordinator},
  {"hazards/transaction-zombie-offsets", hazards_transaction_zombie_offsets, sizeof hazards_transaction_zombie_offsets},
  {"hazards/unclean-leader-election", hazards_unclean_leader_election, sizeof hazards_unclean_leader_election},
  {"operations/compaction", operations_compaction, sizeof operations_compaction},
  {"operations/delete-records", operations_delete_records, sizeof operations_delete_records},
  {"operations/quorum-upgrade", operations_quorum_upgrade, sizeof operations_quorum_upgrade},
  {"operations/recreated-topic", operations_recreated_topic, sizeof operations_recreated_topic},
  {"operations/refused-requests", operations_refused_requests, sizeof operations_refused_requests},
  {"operations/retention", operations_retention, sizeof operations_retention},
  {"operations/small-segments", operations_small_segments, sizeof operations_small_segments},
  {"operations/zombie-leader", operations_zombie_leader, sizeof operations_zombie_leader},
  {"smoke/calm", smoke_calm, sizeof smoke_calm},
  {"smoke/crash", smoke_crash, sizeof smoke_crash},
  {"smoke/everything", smoke_everything, sizeof smoke_everything},
  {"smoke/operator", smoke_operator, sizeof smoke_operator},
  {"smoke/partition", smoke_partition, sizeof smoke_partition},
  {"smoke/power-loss", smoke_power_loss, sizeof smoke_power_loss},
  {"smoke/quorum", smoke_quorum, sizeof smoke_quorum},
  {"smoke/slow-follower", smoke_slow_follower, sizeof smoke_slow_follower},
  {"smoke/transactions", smoke_transactions, sizeof smoke_transactions},
  {"swarm/everything", swarm_everything, sizeof swarm_everything},
  {"swarm/exactly-once", swarm_exactly_once, sizeof swarm_exactly_once},
  {"swarm/groups", swarm_groups, sizeof swarm_groups},
  {"swarm/limits", swarm_limits, sizeof swarm_limits},
  {"swarm/log", swarm_log, sizeof swarm_log},
  {"swarm/membership", swarm_membership, sizeof swarm_membership},
  {"swarm/quorum", swarm_quorum, sizeof swarm_quorum},
  {"swarm/reconfiguration", swarm_reconfiguration, sizeof swarm_reconfiguration},
  {"swarm/replication", swarm_replication, sizeof swarm_replication},
  {"swarm/verification", swarm_verification, sizeof swarm_verification},
  {"verify/combined", verify_combined, sizeof verify_combined},
  {"verify/compaction", verify_compaction, sizeof verify_compaction},
  {"verify/exactly-once-classic", verify_exactly_once_classic, sizeof verify_exactly_once_classic},
  {"verify/exactly-once-crashes", verify_exactly_once_crashes, sizeof verify_exactly_once_crashes},
  {"verify/exactly-once-late", verify_exactly_once_late, sizeof verify_exactly_once_late},
  {"verify/groups-classic", verify_groups_classic, sizeof verify_groups_classic},
  {"verify/groups-consumer", verify_groups_consumer, sizeof verify_groups_consumer},
  {"verify/groups-migration", verify_groups_migration, sizeof verify_groups_migration},
  {"verify/idempotence", verify_idempotence, sizeof verify_idempotence},
  {"verify/quorum", verify_quorum, sizeof verify_quorum},
  {"verify/replication", verify_replication, sizeof verify_replication},
  {"verify/transactions-crashes", verify_transactions_crashes, sizeof verify_transactions_crashes},
  {"verify/transactions-twins", verify_transactions_twins, sizeof verify_transactions_twins},
  {"verify/voters", verify_voters, sizeof verify_voters},
};

const shipped_file *shipped_files(void) { return files; }

size_t shipped_file_count(void) { return sizeof files / sizeof files[0]; }
