import FuzzTargets
import Glibc
import Primitives

/// The target named by the environment, which libFuzzer calls.
private let target: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else { fatalError("FUZZ_TARGET names no target: '\(name)'") }
  return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  _ = target.run(Bytes(UnsafeBufferPointer(start: data, count: count)))
  return 0
}
