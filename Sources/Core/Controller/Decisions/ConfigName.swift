/// Names of the configurations on which the controller itself acts.
enum ConfigName {
  static let minInSyncReplicas = "min.insync.replicas"
  static let uncleanLeaderElection = "unclean.leader.election.enable"
}
