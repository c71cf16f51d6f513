import Host

/// The timers of an active controller. They end with its leadership.
struct PeriodicTasks {
  var sessions: ScheduledTimer?
  var idle: ScheduledTimer?
  var rebalance: ScheduledTimer?
  var uncleanElection: ScheduledTimer?
}
