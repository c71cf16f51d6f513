import Glibc

/// One line of a table: what was measured, and the bytes and units handled per second of CPU time.
struct Measurement {
  let name: String
  let bytesPerSecond: Double
  let nanosecondsPerUnit: Double
  let unit: String
}

/// Runs `body` for about a quarter of a second at a time and keeps the fastest. `bytes` and `units` are what one call of it handles.
func measure(_ name: String, bytes: Int, units: Int, of unit: String, _ body: () -> Int) -> Measurement {
  var best = Double.infinity
  for _ in 0..<rounds {
    var calls = 0
    let start = clock()
    var spent = 0.0
    repeat {
      for _ in 0..<64 { consume(body()) }
      calls += 64
      spent = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    } while spent < 0.25
    best = min(best, spent / Double(calls))
  }
  return Measurement(name: name, bytesPerSecond: Double(bytes) / best, nanosecondsPerUnit: best * 1e9 / Double(units), unit: unit)
}

/// Keeps the optimiser from removing work whose result is not used.
@inline(never)
func consume(_ value: Int) {}

func table(_ title: String, _ measurements: [Measurement]) -> String {
  let lines = measurements.map { measurement in
    padded(measurement.name, to: 44) + right(decimal(measurement.bytesPerSecond / 1e6, digits: 0), to: 10)
      + right(decimal(measurement.nanosecondsPerUnit, digits: 1), to: 12) + " ns/\(measurement.unit)"
  }
  return ([padded(title, to: 44) + right("MB/s", to: 10)] + lines).joined(separator: "\n") + "\n"
}

private func padded(_ text: String, to width: Int) -> String { text + String(repeating: " ", count: max(width - text.count, 0)) }
private func right(_ text: String, to width: Int) -> String { String(repeating: " ", count: max(width - text.count, 0)) + text }

private func decimal(_ value: Double, digits: Int) -> String {
  digits == 0 ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)"
}
