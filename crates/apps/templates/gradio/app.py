"""A page with a text box, for the function below."""

import gradio


def greet(name: str) -> str:
    return f"Hello, {name or 'world'}!"


page = gradio.Interface(greet, gradio.Textbox(label="Name"), gradio.Textbox(label="Greeting"))

if __name__ == "__main__":
    page.launch()
