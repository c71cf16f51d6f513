extension String {
  /// The text between double quotes, with escapes, so that any text is possible.
  var yamlQuoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.isYamlPrintable: text.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xff: text += "\\x" + scalar.hexadecimal(2)
      case _ where scalar.value <= 0xffff: text += "\\u" + scalar.hexadecimal(4)
      case _: text += "\\U" + scalar.hexadecimal(8)
      }
    }
    return text + "\""
  }
}

extension Unicode.Scalar {
  /// Whether a YAML reader takes the character literally and it does not change the writing direction.
  var isYamlPrintable: Bool {
    switch value {
    case 0x20...0x7e, 0xa0...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: !isControl && value != 0x2028 && value != 0x2029 && value != 0xfeff
    default: false
    }
  }

  fileprivate func hexadecimal(_ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}
