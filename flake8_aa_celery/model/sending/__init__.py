"""What is sent, how, when and at which priority; what is made and never sent."""
