import Primitives
import Wire

/// One batch with these values.
func batch(_ values: [String], timestamp: Int64 = 1_767_225_600_000, change: (inout RecordBatchBuilder) -> Void = { _ in }) -> Bytes {
  var builder = RecordBatchBuilder(compression: .none)
  change(&builder)
  for value in values { builder.append(timestamp: Timestamp(milliseconds: timestamp), key: nil, value: Bytes(value)) }
  return builder.build()
}

/// A Produce request to one partition, by name and by id: a version uses one of them.
func produce(_ topic: String, _ id: Uuid, _ records: Bytes?, partition: Int32 = 0, acks: Int16 = -1, timeout: Int32 = 5000) -> ProduceRequest {
  var data = ProduceRequest.PartitionProduceData()
  data.index = partition
  data.records = records
  var topicData = ProduceRequest.TopicProduceData()
  topicData.name = topic
  topicData.topicId = id
  topicData.partitionData = [data]
  var request = ProduceRequest()
  request.acks = acks
  request.timeoutMs = timeout
  request.topicData = [topicData]
  return request
}

/// A Fetch request to one partition without a session, by name and by id.
func fetch(_ topic: String, _ id: Uuid, from offset: Int64 = 0, partition: Int32 = 0, maxWait: Int32 = 100) -> FetchRequest {
  var data = FetchRequest.FetchPartition()
  data.partition = partition
  data.fetchOffset = offset
  data.partitionMaxBytes = 1 << 20
  var topicData = FetchRequest.FetchTopic()
  topicData.topic = topic
  topicData.topicId = id
  topicData.partitions = [data]
  var request = FetchRequest()
  request.maxWaitMs = maxWait
  request.minBytes = 1
  request.maxBytes = 1 << 20
  request.topics = [topicData]
  return request
}

func metadata(_ names: [String]?, allowAutoTopicCreation: Bool = true) -> MetadataRequest {
  var request = MetadataRequest()
  request.topics = names.map { names in
    names.map { name in
      var topic = MetadataRequest.MetadataRequestTopic()
      topic.name = name
      return topic
    }
  }
  request.allowAutoTopicCreation = allowAutoTopicCreation
  return request
}

extension ProduceResponse {
  var only: PartitionProduceResponse { responses[0].partitionResponses[0] }
}

extension FetchResponse {
  var only: PartitionData { responses[0].partitions[0] }

  /// The values of all records of the one partition.
  var values: [String] {
    get throws {
      try RecordBatch.splitting(only.records ?? .empty).flatMap { try $0.records().map { $0.value?.text ?? "" } }
    }
  }
}
