/// How `__transaction_state` is created and read.
struct TransactionTopicConfiguration: Sendable {
  var partitionCount: Int32 = 50
  var replicationFactor: Int16 = 3
  var minInsyncReplicas: Int32 = 2
  var segmentBytes: Int32 = 100 << 20
  var loadBufferSize: Int32 = 5 << 20
}
