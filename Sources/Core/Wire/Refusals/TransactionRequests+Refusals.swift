// Requests to transaction coordinators.

extension AddPartitionsToTxnRequest: RefusableRequest {
  /// From version 4 on the response has an error for the whole, besides those of the partitions (KIP-890).
  public func refused(_ error: ErrorCode, _ message: String?) -> AddPartitionsToTxnResponse {
    var response = AddPartitionsToTxnResponse()
    guard transactions.isEmpty else {
      response.errorCode = error
      response.resultsByTransaction = transactions.map { transaction in
        var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
        (result.transactionalId, result.topicResults) = (transaction.transactionalId, transaction.topics.map { $0.refused(error) })
        return result
      }
      return response
    }
    // An empty request of a later version has no topics here.
    response.errorCode = v3AndBelowTopics.isEmpty ? error : .none
    response.resultsByTopicV3AndBelow = v3AndBelowTopics.map { $0.refused(error) }
    return response
  }

  public static func refusal(in response: AddPartitionsToTxnResponse) -> ErrorCode {
    response.errorCode != .none ? response.errorCode : response.resultsByTopicV3AndBelow.first?.resultsByPartition.first?.partitionErrorCode ?? .none
  }
}

extension AddPartitionsToTxnRequest.AddPartitionsToTxnTopic {
  fileprivate func refused(_ error: ErrorCode) -> AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult {
    var result = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult()
    result.name = name
    result.resultsByPartition = partitions.map {
      var partition = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
      (partition.partitionIndex, partition.partitionErrorCode) = ($0, error)
      return partition
    }
    return result
  }
}

extension AddOffsetsToTxnRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> AddOffsetsToTxnResponse {
    var response = AddOffsetsToTxnResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: AddOffsetsToTxnResponse) -> ErrorCode { response.errorCode }
}

extension EndTxnRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> EndTxnResponse {
    var response = EndTxnResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: EndTxnResponse) -> ErrorCode { response.errorCode }
}

extension DescribeTransactionsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> DescribeTransactionsResponse {
    var response = DescribeTransactionsResponse()
    response.transactionStates = transactionalIds.map {
      var state = DescribeTransactionsResponse.TransactionState()
      (state.transactionalId, state.errorCode) = ($0, error)
      return state
    }
    return response
  }

  public static func refusal(in response: DescribeTransactionsResponse) -> ErrorCode { response.transactionStates.first?.errorCode ?? .none }
}

extension ListTransactionsRequest: RefusableRequest {
  public func refused(_ error: ErrorCode, _ message: String?) -> ListTransactionsResponse {
    var response = ListTransactionsResponse()
    response.errorCode = error
    return response
  }

  public static func refusal(in response: ListTransactionsResponse) -> ErrorCode { response.errorCode }
}
