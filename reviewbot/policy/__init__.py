"""What the organisation demands: policy files, rule packs, the gate."""
