import Foundation
import Primitives

/// Code under test that takes foreign bytes. `run` must return for any input; a wrong result ends the process with a message (`finding`), as a trap does.
///
/// The same input always does the same. `run` returns the number of requests that the input contained, or 1 if it is not a sequence.
public struct FuzzTarget: Sendable {
  public let name: String
  /// The largest useful input.
  public let largestInput: Int
  public let run: @Sendable (Bytes) -> Int
  /// Prepares the state that inputs start with, once: forked processes share it and do not spend time on it.
  public var prepare: @Sendable () -> Void = {}
  /// Whether one input uses up the prepared state.
  public var isUsedUp = false

  public static let all: [FuzzTarget] = [
    FuzzTarget(name: "messages", largestInput: 4096, run: fuzzMessages),
    FuzzTarget(name: "batches", largestInput: 4096, run: fuzzBatches),
    FuzzTarget(name: "compression", largestInput: 4096, run: fuzzCompression),
    FuzzTarget(name: "frames", largestInput: 4096, run: fuzzFrames),
    FuzzTarget(name: "streams", largestInput: 2048, run: fuzzStreams),
    FuzzTarget(name: "documents", largestInput: 8192, run: fuzzDocuments, prepare: UserFiles.prepare),
    FuzzTarget(name: "results", largestInput: 65_536, run: fuzzResults, prepare: UserFiles.prepare),
    FuzzTarget(name: "histories", largestInput: 8192, run: fuzzHistories),
    FuzzTarget(name: "arguments", largestInput: 512, run: fuzzArguments, prepare: UserFiles.prepare),
    FuzzTarget(name: "files", largestInput: 2048, run: fuzzFiles, prepare: FuzzLog.prepare),
    FuzzTarget(name: "broker", largestInput: 512, run: { fuzzRequests($0, to: .brokers) }, prepare: FuzzCluster.prepare, isUsedUp: true),
    FuzzTarget(name: "controller", largestInput: 512, run: { fuzzRequests($0, to: .controller) }, prepare: FuzzCluster.prepare, isUsedUp: true),
    FuzzTarget(name: "clients", largestInput: 512, run: fuzzClients, prepare: FuzzCluster.prepare, isUsedUp: true),
    FuzzTarget(name: "disk", largestInput: 512, run: fuzzDisk, prepare: FuzzCluster.prepare, isUsedUp: true),
  ]
}

/// Whether targets print how they interpret an input.
public nonisolated(unsafe) var explainsInputs = false

/// Ends the process: the current input has revealed a fault.
func finding(_ words: String) -> Never {
  FileHandle.standardError.write(Data("finding: \(words)\n".utf8))
  abort()
}
