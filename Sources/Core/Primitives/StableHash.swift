/// FNV-1a over the UTF-8 bytes of a name: the same on every machine and in every run. The number of a `RandomStream` whose purpose has a name.
public func stableHash(of text: String) -> Int64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  return Int64(bitPattern: hash)
}
