/// What a power loss does to unsynced data.
public enum UnsyncedPolicy: String, Sendable, Equatable, CaseIterable {
  /// All of it is lost: file contents and names are as at the last sync.
  case dropped
  /// All of it happens to have reached the platter.
  case kept
  /// Each page of 4 KiB is kept, dropped or torn on its own; in each directory, a prefix of the changes to names is kept.
  case random
}
