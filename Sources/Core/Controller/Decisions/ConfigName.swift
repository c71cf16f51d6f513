/// Names of the configurations that the controller itself uses.
enum ConfigName {
  static let minInSyncReplicas = "min.insync.replicas"
  static let uncleanLeaderElection = "unclean.leader.election.enable"
}
