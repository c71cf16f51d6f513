extension BrokerConfiguration {
  /// The settings that a cluster needs if it has fewer brokers than Kafka's default replication factors, unless `given` contains them: the
  /// coordinators' topics get as many replicas as there are brokers. Kafka's sample configuration does the same for its single broker.
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
