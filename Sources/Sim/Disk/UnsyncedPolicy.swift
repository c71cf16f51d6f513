/// What a power loss does to what was not synced.
public enum UnsyncedPolicy: String, Sendable, Equatable, CaseIterable {
  /// All of it is gone: file content and names are as at the last sync.
  case dropped
  /// All of it happens to be on the platter.
  case kept
  /// Each page of 4 KiB is kept, dropped or torn by itself, and of the names in each directory a first part of the changes is kept.
  case random
}
