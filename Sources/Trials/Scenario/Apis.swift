extension MessageFault { static let apis = ["Produce", "Fetch", "AlterPartition"] }
