"""VPCs as Docker networks with AWS's address plan. LocalStack has the address of AWS's DNS resolver."""
