"""VPCs as Docker networks: the address plan of AWS, with LocalStack where AWS has its resolver."""
