/// The format of stored results, which each of them has as `"format": N`.
///
/// The number grows whenever a key is added, removed, or changes its meaning. A result in another format is refused: a comparison with this format
/// would be misleading.
public enum StoredFormat {
  public static let current = 2
}
