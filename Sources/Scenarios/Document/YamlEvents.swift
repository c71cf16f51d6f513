import CYaml

/// A check of a YAML text before anything is built from it.
enum YamlEvents {
  /// The most keys and values of a document: ten thousand topics have a hundred thousand.
  private static let valueLimit = 200_000

  /// Refuses documents with too many values, and anchors and aliases: ten lines of those can expand to billions of values, and Yams does expand them.
  ///
  /// Stops at the first problem. Syntax errors are left to the parser that reads the text afterwards.
  static func check(_ text: String, source: String) throws {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { return }
    defer { yaml_parser_delete(&parser) }
    var text = text
    try text.withUTF8 { bytes in
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      var isOver = false, values = 0
      while !isOver {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else { return }
        defer { yaml_event_delete(&event) }
        let place = Place(source: source, line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
        if event.type == YAML_ALIAS_EVENT { throw ScenarioError(at: place, "aliases are not read", remedy: "Write the value out.") }
        if event.hasAnchor { throw ScenarioError(at: place, "anchors are not read", remedy: "Leave the anchor out, and write the value again in each place.") }
        if event.type == YAML_SCALAR_EVENT { values += 1 }
        guard values <= valueLimit else { throw ScenarioError(at: place, "the document has too many values", remedy: "It may have up to \(valueLimit), keys included.") }
        isOver = event.type == YAML_STREAM_END_EVENT
      }
    }
  }
}

extension yaml_event_t {
  fileprivate var hasAnchor: Bool {
    switch type {
    case YAML_SCALAR_EVENT: data.scalar.anchor != nil
    case YAML_SEQUENCE_START_EVENT: data.sequence_start.anchor != nil
    case YAML_MAPPING_START_EVENT: data.mapping_start.anchor != nil
    default: false
    }
  }
}
