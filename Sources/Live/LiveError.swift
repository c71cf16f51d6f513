import Host
import Primitives

/// Why a real resource cannot be used, and what to do about it.
public enum LiveError: Error, Hashable, Sendable, CustomStringConvertible {
  case portInUse(Address)
  case cannotListen(Address, reason: String)
  /// Another process, or another node of this one, holds the data directory.
  case locked(path: String)
  case notWritable(path: String, reason: String)
  /// A file in the data directory has contents that make no sense.
  case damaged(path: String, reason: String)
  case noDescriptors(reason: String)
  /// Something in the data directory keeps a node from starting; the reason names the place and the remedy.
  case unusable(reason: String)
  /// The controller's log lacks records that were committed.
  case metadataLost(path: String, reason: String)
  case nodeEnded(name: String, reason: String)
  case notReady(after: Duration, reason: String)

  public var description: String {
    switch self {
    case .portInUse(let address):
      "port \(address.port) of \(address.host) is in use by another process; end that process, or choose another port with --port"
    case .cannotListen(let address, let reason):
      "cannot listen on \(address): \(reason); choose another port with --port"
    case .locked(let path):
      "the data directory \(path) is in use by another process; end that process, or choose another directory with --data"
    case .notWritable(let path, let reason):
      "the data directory \(path) cannot be used: \(reason); choose a directory that can be written with --data"
    case .damaged(let path, let reason):
      "\(path) is damaged: \(reason)"
    case .noDescriptors(let reason):
      "no more files can be opened: \(reason); raise the limit (ulimit -n)"
    case .unusable(let reason):
      reason
    case .metadataLost(let path, let reason):
      "\(path): \(reason)"
    case .nodeEnded(let name, let reason):
      "\(name) ended: \(reason)"
    case .notReady(let limit, let reason):
      "the cluster was not ready after \(limit.milliseconds / 1_000) s: \(reason)"
    }
  }
}
