extension BrokerConfiguration {
  /// What a cluster with fewer brokers than Kafka's defaults ask replicas of must set, where `given` does not: as many replicas of the coordinators' topics as there
  /// are brokers. The file that Kafka is shipped with does the same for its one broker.
  public static func settingsOfSmallCluster(of brokers: Int, given: [(String, String)]) -> [(String, String)] {
    let transactions = TransactionTopicConfiguration()
    let defaults = [
      ("offsets.topic.replication.factor", Int(OffsetsTopicConfiguration().replicationFactor)),
      ("transaction.state.log.min.isr", Int(transactions.minInsyncReplicas)),
      ("transaction.state.log.replication.factor", Int(transactions.replicationFactor)),
    ]
    return defaults.filter { name, count in brokers < count && !given.contains { $0.0 == name } }.map { ($0.0, "\(brokers)") }
  }
}
