"""Services of LocalStack's core that need a program from the network there; here moto answers for them."""
