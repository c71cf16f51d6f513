/// The form of stored results, which each of them carries as `"format": N`.
///
/// The number grows whenever a key is added, goes, or means something else. A result of another form is refused: compared with one of this form, it
/// would say what is not so.
public enum StoredFormat {
  public static let current = 2
}
