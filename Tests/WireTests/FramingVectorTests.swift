import Primitives
import Testing
@testable import Wire

@Suite struct FramingVectorTests {
  @Test func `Requests are framed as other clients frame them`() throws {
    for row in try Fixtures.rows("framed-requests") {
      let wire = Bytes(hexadecimal: row["hex"]!.string!)!
      let apiKey = ApiKey(rawValue: Int16(row["apiKey"]!.integer!))
      if let type = apiKey.requestType { try expectFraming(wire, of: type, row) } else { Issue.record("\(apiKey) is not known") }
    }
  }

  private func expectFraming<Request: ApiRequest>(_ wire: Bytes, of type: Request.Type, _ row: Json) throws {
    var reader = FrameReader(wire[4...])
    let header = try RequestHeader(from: &reader)
    #expect(header.apiKey == Request.apiKey)
    #expect(Int64(header.requestApiVersion) == row["version"]!.integer)
    #expect(Int64(header.correlationId) == row["correlationId"]!.integer)
    #expect(header.clientId == row["clientId"]!.string)
    let request = try Request(from: &reader, version: header.requestApiVersion)
    let frame = try Frame.request(
      request, version: header.requestApiVersion, correlationID: header.correlationId, clientID: header.clientId)
    #expect(frame.withSizePrefix == wire)
  }

  @Test func `A response comes back with the header version of its API`() throws {
    let versions = try Frame.response(ApiVersionsResponse(), version: 4, correlationID: 7)
    #expect(versions.joined[..<5].array == [0, 0, 0, 7, 0], "no tagged section between header and body")
    let heartbeat = try Frame.response(HeartbeatResponse { $0.errorCode = .rebalanceInProgress }, version: 4, correlationID: 8)
    #expect(heartbeat.joined.array == [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 27, 0])
    let (correlationID, decoded) = try HeartbeatResponse.decodeResponse(heartbeat, version: 4)
    #expect(correlationID == 8)
    #expect(decoded.errorCode == .rebalanceInProgress)
  }

  @Test func `Header versions follow the API`() {
    #expect(RequestHeader.version(for: .fetch, apiVersion: 11) == 1)
    #expect(RequestHeader.version(for: .fetch, apiVersion: 12) == 2)
    #expect(RequestHeader.version(for: .saslHandshake, apiVersion: 1) == 1)
    #expect(RequestHeader.version(for: .apiVersions, apiVersion: 3) == 2)
    #expect(ResponseHeader.version(for: .apiVersions, apiVersion: 3) == 0)
    #expect(ResponseHeader.version(for: .fetch, apiVersion: 12) == 1)
    #expect(ResponseHeader.version(for: .offsetDelete, apiVersion: 0) == 0)
  }

  @Test func `Record batches are shared on their way out and in`() throws {
    let batch = Bytes(Array(repeating: 7, count: 500))
    var response = FetchResponse()
    var topic = FetchResponse.FetchableTopicResponse()
    topic.partitions = [.init { $0.records = batch }, .init { $0.records = batch[100...] }]
    response.responses = [topic]
    let frame = try Frame.response(response, version: 17, correlationID: 1)
    #expect(frame.pieces.count == 5)
    #expect(frame.pieces[1].sharesStorage(with: batch))
    let received = try FetchResponse.decodeResponse(frame, version: 17).message
    #expect(received == response)
    #expect(received.responses[0].partitions[0].records!.sharesStorage(with: batch))
    #expect(received.responses[0].partitions[1].records!.sharesStorage(with: batch))
    let overSocket = Frame(frame.joined)
    let parsed = try FetchResponse.decodeResponse(overSocket, version: 17).message
    #expect(parsed.responses[0].partitions[1].records!.sharesStorage(with: overSocket.pieces[0]))
  }

  @Test func `A long response outgrows its buffer with tags and batches in place`() throws {
    var response = FetchResponse()
    response.responses = (0..<40).map { topic in
      FetchResponse.FetchableTopicResponse {
        $0.topicId = Uuid(high: 1, low: UInt64(topic))
        $0.partitions = (0..<10).map { partition in
          FetchResponse.PartitionData {
            $0.partitionIndex = Int32(partition)
            $0.records = partition % 3 == 0 ? nil : Bytes(Array(repeating: UInt8(topic), count: partition * 40))
            $0.divergingEpoch.endOffset = Int64(topic * partition)
            $0.currentLeader.leaderId = Int32(partition % 2) - 1
          }
        }
      }
    }
    response.nodeEndpoints = (0..<100).map { node in FetchResponse.NodeEndpoint { $0.host = "broker-\(node)" } }
    let frame = try response.frame(version: 17)
    #expect(try frame.count == response.encodedSize(version: 17))
    var inPieces = FrameReader(frame)
    #expect(try FetchResponse(from: &inPieces, version: 17) == response)
    #expect(try FetchResponse(frame.joined, version: 17) == response)
  }
}

@Suite struct ChecksumAndHashVectorTests {
  @Test func `Variable-length integers are written as others write them`() throws {
    for row in try Fixtures.rows("varints") {
      let bytes = Bytes(hexadecimal: row["hex"]!.string!)!
      let value = Int64(row["value"]!.string!)!
      var writer = ByteWriter()
      if row["kind"]!.string == "uvarint" {
        writer.append(unsignedVarint: UInt64(value))
        var reader = FrameReader(bytes)
        #expect(try reader.unsignedVarint("") == Int(value))
        #expect(reader.remaining == 0)
      } else {
        writer.append(varint: value)
      }
      #expect(writer.bytes == bytes, "\(row)")
    }
  }

  @Test func `Checksums equal those of other implementations`() throws {
    for row in try Fixtures.rows("crc32c") {
      let data = Bytes(hexadecimal: row["data"]!.string!)!
      #expect(Int64(CRC32C.checksum(data)) == row["crc32c"]!.integer)
      #expect(Int64(CRC32C.softwareChecksum(data)) == row["crc32c"]!.integer)
    }
  }

  @Test func `Keys hash as other producers hash them`() throws {
    for row in try Fixtures.rows("murmur2") {
      let hash = murmur2(Bytes(hexadecimal: row["key"]!.string!)!)
      #expect(Int64(hash) == row["murmur2"]!.integer)
      #expect(Int64(hash & .max) == row["positive"]!.integer)
    }
  }

  @Test func `Groups and transactions belong to the partitions that Kafka gives them`() throws {
    for row in try Fixtures.rows("coordinator-hash") {
      let id = row["id"]!.string!
      #expect(Int64(javaHash(id)) == row["hashCode"]!.integer)
      for (count, partition) in row["partition"]!.members {
        #expect(Int64(coordinatorPartition(of: id, partitionCount: Int32(count)!)) == partition.integer, "\(id) of \(count)")
      }
    }
    #expect(coordinatorPartition(of: "polygenelubricants", partitionCount: 50) == 0, "its hash is the least integer, whose absolute value does not exist")
  }
}
