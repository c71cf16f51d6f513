import Foundation
import Primitives

/// Something that foreign bytes are fed to. `run` returns whatever they are; what must not be ends the process with words (`finding`), as a trap does.
///
/// The same input always does the same. `run` says how many requests the input was made into, 1 where it is no sequence.
public struct FuzzTarget: Sendable {
  public let name: String
  /// Longer inputs find no more here.
  public let largestInput: Int
  public let run: @Sendable (Bytes) -> Int
  /// Makes what an input begins with, once: a process that is forked then finds it there, and does not spend its time on it.
  public var prepare: @Sendable () -> Void = {}
  /// Whether what was prepared is used up by one input.
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

/// Whether targets print what they make of an input.
public nonisolated(unsafe) var explainsInputs = false

/// Ends the process: the input that is under way shows a fault.
func finding(_ words: String) -> Never {
  FileHandle.standardError.write(Data("finding: \(words)\n".utf8))
  abort()
}
