import Primitives

// The field methods: what a schema can say about a field. Leave out `versions` if the field exists in every version, and
// `default` if it is zero, empty or null; `ignorable` means that a version without the field drops its value silently.
extension Codec {
  @inline(__always)
  mutating func int8(
    _ name: StaticString, _ value: inout Int8, _ versions: VersionRange = .all, default: Int8 = 0, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  @inline(__always)
  mutating func int16(
    _ name: StaticString, _ value: inout Int16, _ versions: VersionRange = .all, default: Int16 = 0, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  @inline(__always)
  mutating func int32(
    _ name: StaticString, _ value: inout Int32, _ versions: VersionRange = .all, default: Int32 = 0, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  @inline(__always)
  mutating func int64(
    _ name: StaticString, _ value: inout Int64, _ versions: VersionRange = .all, default: Int64 = 0, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  @inline(__always)
  mutating func uint16(_ name: StaticString, _ value: inout UInt16, _ versions: VersionRange = .all, ignorable: Bool = false) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == 0)
    }
  }

  @inline(__always)
  mutating func uint32(_ name: StaticString, _ value: inout UInt32, _ versions: VersionRange = .all, ignorable: Bool = false) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == 0)
    }
  }

  @inline(__always)
  mutating func errorCode(
    _ name: StaticString, _ value: inout ErrorCode, _ versions: VersionRange = .all, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try integer(name, &value.rawValue)
    } else if !ignorable {
      try absentField(name, isDefault: value == .none)
    }
  }

  @inline(__always)
  mutating func float64(_ name: StaticString, _ value: inout Double, _ versions: VersionRange = .all, ignorable: Bool = false) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try floating(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == 0)
    }
  }

  @inline(__always)
  mutating func bool(
    _ name: StaticString, _ value: inout Bool, _ versions: VersionRange = .all, default: Bool = false, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try boolean(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  @inline(__always)
  mutating func uuid(_ name: StaticString, _ value: inout Uuid, _ versions: VersionRange = .all, ignorable: Bool = false) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try identifier(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value == .zero)
    }
  }

  @inline(__always)
  mutating func string(
    _ name: StaticString, _ value: inout String, _ versions: VersionRange = .all, default: String = "", ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try text(name, &value, isCompact: isFlexible)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  /// `nullable` is left out if null is allowed in every version. `inflexible`: with a two-byte length even in flexible versions.
  @inline(__always)
  mutating func nullableString(
    _ name: StaticString, _ value: inout String?, _ versions: VersionRange = .all, nullable: VersionRange = .all,
    default: String? = nil, ignorable: Bool = false, inflexible: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try optionalText(name, &value, isCompact: isFlexible && !inflexible, isNullable: nullable.contains(version))
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  @inline(__always)
  mutating func bytes(_ name: StaticString, _ value: inout Bytes, _ versions: VersionRange = .all, ignorable: Bool = false) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try blob(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value.isEmpty)
    }
  }

  @inline(__always)
  mutating func nullableBytes(
    _ name: StaticString, _ value: inout Bytes?, _ versions: VersionRange = .all, nullable: VersionRange = .all,
    default: Bytes? = nil, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try optionalBlob(name, &value, isRecords: false, isNullable: nullable.contains(version))
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }

  /// Record batches: shared by reader and writer, never copied, unless they lie across two pieces of a frame.
  @inline(__always)
  mutating func records(
    _ name: StaticString, _ value: inout Bytes?, _ versions: VersionRange = .all, nullable: VersionRange = .all, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try optionalBlob(name, &value, isRecords: true, isNullable: nullable.contains(version))
    } else if !ignorable {
      try absentField(name, isDefault: value == nil)
    }
  }

  @inline(__always)
  mutating func array<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element], _ versions: VersionRange = .all, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try elements(name, &value)
    } else if !ignorable {
      try absentField(name, isDefault: value.isEmpty)
    }
  }

  /// `emptyByDefault`: the default is the empty array, not null.
  @inline(__always)
  mutating func nullableArray<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element]?, _ versions: VersionRange = .all, nullable: VersionRange = .all,
    emptyByDefault: Bool = false, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try optionalElements(name, &value, isNullable: nullable.contains(version))
    } else if !ignorable {
      try absentField(name, isDefault: emptyByDefault ? value?.isEmpty == true : value == nil)
    }
  }

  @inline(__always)
  mutating func structure<Value: Structure>(
    _ name: StaticString, _ value: inout Value, _ versions: VersionRange = .all, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try Value.walk(name, &value, &self)
    } else if !ignorable {
      try absentField(name, isDefault: value == Value())
    }
  }

  @inline(__always)
  mutating func nullableStructure<Value: Structure>(
    _ name: StaticString, _ value: inout Value?, _ versions: VersionRange = .all, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      beginField(name)
      try Value.walkOptional(name, &value, &self, isTagged: false)
    } else if !ignorable {
      try absentField(name, isDefault: value == nil)
    }
  }

  /// A tagged field (KIP-482): on the wire only if it differs from its default. Tagged fields come last in a description, in the order of their tags.
  @inline(__always)
  mutating func tagged<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, _ versions: VersionRange = .all,
    default: Value = Value.wireDefault, ignorable: Bool = false
  ) throws(WireError) {
    if versions.contains(version) {
      try self.tag(tag, name, &value, default: `default`)
    } else if !ignorable {
      try absentField(name, isDefault: value == `default`)
    }
  }
}
